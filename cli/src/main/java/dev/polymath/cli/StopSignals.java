package dev.polymath.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * Ctrl-C and a polite kill, taken as the ordinary end of a service instead of as the end of the process. A hook that runs
 * when the process ends would come too late: ONNX Runtime has one too, which takes its environment down while the last
 * requests are computed, and the process crashes.
 */
final class StopSignals {
    private static final List<String> NAMES = List.of("INT", "TERM");

    private StopSignals() {}

    /** Waits for the first of them. At the second, the process ends at once. */
    static void await() {
        CountDownLatch asked = new CountDownLatch(1);
        Runnable stop = () -> {
            if (asked.getCount() == 0) Runtime.getRuntime().halt(Main.INTERRUPTED);
            asked.countDown();
        };
        for (String name : NAMES) handle(name, stop);
        try {
            asked.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** By reflection: the compiler warns of the class, which every JDK has, and warnings are errors here. */
    private static void handle(String name, Runnable action) {
        try {
            Class<?> signal = Class.forName("sun.misc.Signal");
            Class<?> handler = Class.forName("sun.misc.SignalHandler");
            Object acting = Proxy.newProxyInstance(
                    handler.getClassLoader(), new Class<?>[] {handler}, (self, method, given) -> {
                        if (method.getName().equals("handle")) action.run();
                        return null;
                    });
            Object named = signal.getConstructor(String.class).newInstance(name);
            signal.getMethod("handle", signal, handler).invoke(null, named, acting);
        } catch (InvocationTargetException e) {
            // The JVM was told to leave this signal alone (-Xrs), or the system has none of that name.
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Java has no sun.misc.Signal", e);
        }
    }
}
