package dev.polymath.server;

import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The click-through on the server itself, with a small model of random weights. */
class PageOnServerTest extends PageTest {
    @TempDir
    static Path folder;

    @Override
    protected Site site() {
        Served served = Served.start(Served.tiny(folder.resolve("model"), 1));
        return new Site() {
            @Override
            public String url() {
                return served.server().address() + "/";
            }

            @Override
            public void close() {
                served.close();
            }
        };
    }
}
