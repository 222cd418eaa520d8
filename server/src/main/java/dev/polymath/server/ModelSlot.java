package dev.polymath.server;

/** The model that is served now. Thread-safe. */
final class ModelSlot implements AutoCloseable {
    private volatile ServedModel current;

    ModelSlot(ServedModel first) {
        this.current = first;
    }

    /** The model that is served now, kept open until it is released. */
    ServedModel acquire() {
        while (true) {
            ServedModel model = current;
            if (model.acquire()) return model;
            // Replaced and closed between the two lines; a server that has stopped has no other.
            if (model == current) throw new Fault(Fault.Kind.STOPPING, "the server is stopping");
        }
    }

    /** Serves another model from now on; the old one answers whom it has been given to, and is closed by the last. */
    synchronized void replace(ServedModel next) {
        ServedModel old = current;
        current = next;
        old.release();
    }

    @Override
    public synchronized void close() {
        current.release();
    }
}
