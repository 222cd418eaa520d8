package dev.polymath.server;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.server.handler.StatisticsHandler;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** How Jetty listens: address, encryption, time limits, threads; and how it stops without leaving an answer unsent. */
final class Listener {
    private static final int THREADS = 200;
    private static final int THREADS_AT_REST = 8;

    private final ServerSettings settings;
    /** Counts the requests that are under way, those too that wait for a pass. */
    private final StatisticsHandler underWay = new StatisticsHandler();

    private final QueuedThreadPool threads = new QueuedThreadPool(THREADS, THREADS_AT_REST);

    Listener(ServerSettings settings) {
        this.settings = settings;
        threads.setName("http");
        threads.setDaemon(true);
    }

    QueuedThreadPool threads() {
        return threads;
    }

    void prepare(Server server) {
        server.setHandler(underWay);
        server.setStopTimeout(0);
    }

    Connector connector(Server server, HttpConfiguration http) {
        http.setSendServerVersion(false);
        ServerConnector connector;
        if (settings.tls() == null) {
            connector = new ServerConnector(server, new HttpConnectionFactory(http));
        } else {
            // By its address a server has no name that the certificate could be looked up by.
            http.addCustomizer(new SecureRequestCustomizer(false));
            connector = new ServerConnector(
                    server, new SslConnectionFactory(context(), "http/1.1"), new HttpConnectionFactory(http));
        }
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        // Of a silent connection while it owes a request or a part of one.
        connector.setIdleTimeout(settings.limits().bodyTime().toMillis());
        return connector;
    }

    private SslContextFactory.Server context() {
        char[] password = "in-memory".toCharArray();
        SslContextFactory.Server context = new SslContextFactory.Server();
        context.setKeyStore(PemFiles.store(settings.tls(), password));
        context.setKeyStorePassword(new String(password));
        return context;
    }

    /** Takes no more connections, and waits until all requests that are under way are answered, or the time is over. */
    void drain(Server server, Duration most) {
        for (Connector each : server.getConnectors()) ((ServerConnector) each).close();
        long deadline = System.nanoTime() + most.toNanos();
        try {
            while (underWay.getRequestsActive() > 0 && System.nanoTime() < deadline) TimeUnit.MILLISECONDS.sleep(5);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
