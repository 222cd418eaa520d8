package dev.polymath.cli;

import picocli.CommandLine.IVersionProvider;

/** Polymath's version, from the jar's manifest. */
final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
        String version = Main.class.getPackage().getImplementationVersion();
        return new String[] {"polymath " + (version == null ? "(development)" : version)};
    }
}
