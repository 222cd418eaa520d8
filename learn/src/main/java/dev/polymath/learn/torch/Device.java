package dev.polymath.learn.torch;

import dev.polymath.InputException;
import java.util.Locale;
import org.bytedeco.pytorch.global.torch;

/**
 * Where tensors lie and are computed with. One for a process, by the environment variable {@value #VARIABLE}: the project
 * file says what is learned, the machine where.
 */
public enum Device {
    /** The processor; the default. */
    CPU(torch.DeviceType.CPU),
    /** The first GPU that libtorch sees ({@code CUDA_VISIBLE_DEVICES} chooses among several). */
    CUDA(torch.DeviceType.CUDA);

    /** The environment variable that names it. */
    public static final String VARIABLE = "POLYMATH_DEVICE";

    private final torch.DeviceType type;

    Device(torch.DeviceType type) {
        this.type = type;
    }

    /**
     * The device of this process.
     *
     * @throws InputException if the variable names none
     */
    public static Device current() {
        return of(System.getenv(VARIABLE));
    }

    /**
     * A device by its name.
     *
     * @param name null or empty for the default
     * @throws InputException if there is none of that name
     */
    static Device of(String name) {
        if (name == null || name.isEmpty()) return CPU;
        for (Device device : values()) if (device.toString().equals(name)) return device;
        throw new InputException(VARIABLE + " is '" + name + "'; it must be cpu or cuda");
    }

    /**
     * Checks that libtorch can compute on it.
     *
     * @throws InputException if this build of libtorch, or this machine, cannot
     */
    public void require() {
        if (this == CPU || torch.cuda_is_available()) return;
        throw new InputException(VARIABLE + " is " + this
                + ", but libtorch sees no GPU: it takes a driver, and libtorch's build for CUDA on the class path"
                + " (docs/gpu.md)");
    }

    /** As libtorch names it. */
    org.bytedeco.pytorch.Device torch() {
        return new org.bytedeco.pytorch.Device(type);
    }

    /** Its name in the environment variable. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
