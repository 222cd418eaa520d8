package dev.polymath.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code polymath serve} in a process of its own, with the options that the launcher gives the JVM. */
final class ServerProcess implements AutoCloseable {
    private static final Pattern USED = Pattern.compile("generation +total (\\d+)K, used (\\d+)K");

    private final Process process;
    private final String address;

    private ServerProcess(Process process, String address) {
        this.process = process;
        this.address = address;
    }

    /**
     * Starts it, and comes back when it answers.
     *
     * @param model a model folder, or {@code minilm}
     * @param port 0 for any that is free
     * @param options of the command, and those of the JVM, which begin with {@code -X} or {@code -D}
     */
    static ServerProcess start(String model, int port, List<String> options) throws IOException {
        List<String> command = new ArrayList<>(
                List.of(System.getProperty("java.home") + "/bin/java", "-XX:+UseSerialGC", "-Xmx1g", "-Xshare:auto"));
        options.stream().filter(ServerProcess::ofTheMachine).forEach(command::add);
        command.addAll(List.of("dev.polymath.cli.Main", "serve", model, "--port", Integer.toString(port)));
        options.stream().filter(option -> !ofTheMachine(option)).forEach(command::add);
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        StringBuilder said = new StringBuilder();
        BufferedReader lines = process.inputReader();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            said.append(line).append('\n');
            int at = line.indexOf("http://");
            if (at < 0) continue;
            Thread rest = new Thread(() -> lines.lines().forEach(System.err::println), "server's output");
            rest.setDaemon(true);
            rest.start();
            return new ServerProcess(process, line.substring(at).split("[ ,]")[0]);
        }
        throw new IllegalStateException("the server did not start: " + said);
    }

    private static boolean ofTheMachine(String option) {
        return option.startsWith("-X") || option.startsWith("-D");
    }

    /** Where it answers, such as {@code http://127.0.0.1:8080}. */
    String address() {
        return address;
    }

    int port() {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    /** MiB that it holds, as the system counts them. */
    double resident() throws IOException {
        for (String line : Files.readAllLines(Path.of("/proc/" + process.pid() + "/status"))) {
            if (line.startsWith("VmRSS:")) return Long.parseLong(line.replaceAll("\\D", "")) / 1024.0;
        }
        throw new IllegalStateException("the system does not tell what process " + process.pid() + " holds");
    }

    /** MiB of its heap after a collection. */
    double heap() throws IOException {
        jcmd("GC.run");
        double used = 0;
        Matcher generations = USED.matcher(jcmd("GC.heap_info").split("Metaspace")[0]);
        while (generations.find()) used += Long.parseLong(generations.group(2)) / 1024.0;
        return used;
    }

    private String jcmd(String what) throws IOException {
        Process jcmd = new ProcessBuilder(
                        System.getProperty("java.home") + "/bin/jcmd", Long.toString(process.pid()), what)
                .redirectErrorStream(true)
                .start();
        return new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    /** Whether it runs; else its exit code. */
    String state() {
        return process.isAlive() ? "runs" : "ended with " + process.exitValue();
    }

    /** Ends it as {@code kill -9} does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    /** Stops it as Ctrl-C does. */
    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }
}
