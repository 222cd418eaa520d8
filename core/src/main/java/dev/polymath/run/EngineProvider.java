package dev.polymath.run;

import dev.polymath.InputException;
import java.util.ServiceLoader;

/** An engine that another module brings; found by {@link ServiceLoader}, so that core depends on none. */
public interface EngineProvider {
    /** Which one it brings. */
    Engine.Kind kind();

    /**
     * Opens a model.
     *
     * @throws InputException if it cannot be computed here so as the settings ask
     */
    Engine open(ModelFolder folder, Polymath.Settings settings);

    /**
     * The engine that the settings name.
     *
     * @throws InputException as {@link #open}; also if it is not on the class path
     */
    static Engine engine(ModelFolder folder, Polymath.Settings settings) {
        if (settings.engine() != Engine.Kind.TORCH) return new Graphs(folder, settings.threads(), settings.precision());
        for (EngineProvider each : ServiceLoader.load(EngineProvider.class)) {
            if (each.kind() == settings.engine()) return each.open(folder, settings);
        }
        throw new InputException(
                "the engine '" + settings.engine().key() + "' is not on the class path: it comes with the"
                        + " module polymath-learn; add that, or take the engine '" + Engine.Kind.ONNX.key() + "'");
    }
}
