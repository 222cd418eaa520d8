package dev.polymath.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.InputException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class ServerSettingsTest {
    /** In a class loader of its own, since which class is loaded first is decided once. */
    @Test
    void theStandardIsWholeWhicheverOfItsPartsIsLoadedFirst() throws Exception {
        URL[] places = {
            ServerSettings.class.getProtectionDomain().getCodeSource().getLocation(),
            InputException.class.getProtectionDomain().getCodeSource().getLocation()
        };
        for (String first : new String[] {"$Batching", "$Limits", ""}) {
            try (URLClassLoader loader = new URLClassLoader(places, ClassLoader.getPlatformClassLoader())) {
                String name = ServerSettings.class.getName();
                Class.forName(name + first, true, loader);
                Class<?> settings = Class.forName(name, true, loader);
                Object standard = settings.getField("DEFAULT").get(null);
                assertThat(settings.getMethod("batching").invoke(standard)).isNotNull();
                assertThat(settings.getMethod("limits").invoke(standard)).isNotNull();
            }
        }
    }

    @Test
    void whatCannotBeIsRefused() {
        assertThatThrownBy(() -> new ServerSettings.Batching(0, Duration.ZERO, 1))
                .isInstanceOf(InputException.class)
                .hasMessage("a pass of 0 tokens; give at least 1");
        assertThatThrownBy(() -> ServerSettings.DEFAULT.onPort(70_000))
                .isInstanceOf(InputException.class)
                .hasMessage("there is no port 70000; give 0 to 65535");
    }
}
