package dev.polymath.ops;

import java.util.List;

/** A computation written once, for any interpreter. */
public interface Program {
    <T> T apply(Ops<T> ops, List<T> inputs);
}
