// SPDX-License-Identifier: Apache-2.0
package dev.perennial.journey;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A network between a client and a server on the loopback address that can be made to fail: cut, so that connections
 * end and no new ones are made; frozen, so that they stay and nothing comes through; half open, so that the server
 * hears the client and not the other way round; or slow. Thread-safe.
 */
final class TcpProxy implements AutoCloseable {
    private static final int BLOCK_BYTES = 16_384;

    private enum State {
        WORKING,
        CUT,
        FROZEN,
        DEAF
    }

    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final int server;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Object change = new Object();

    /** Guarded by {@link #change}. */
    private State state = State.WORKING;

    /** What each block of bytes is held up by; guarded by {@link #change}. */
    private long delayMillis;

    /** @param server port that is forwarded to */
    TcpProxy(int server) throws IOException {
        this.server = server;
        threads.execute(this::accept);
    }

    /** Where clients connect. */
    int port() {
        return listening.getLocalPort();
    }

    void cut() {
        become(State.CUT);
        open.forEach(TcpProxy::end);
    }

    void freeze() {
        become(State.FROZEN);
    }

    /** The server's bytes are held back, and the client's come through. */
    void halfOpen() {
        become(State.DEAF);
    }

    /** Holds up every block of bytes, in both directions. */
    void slowDown(long millis) {
        synchronized (change) {
            delayMillis = millis;
        }
    }

    void mend() {
        slowDown(0);
        become(State.WORKING);
    }

    @Override
    public void close() {
        cut();
        try {
            listening.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            threads.shutdownNow();
        }
    }

    private void become(State next) {
        synchronized (change) {
            state = next;
            change.notifyAll();
        }
    }

    /** Waits while nothing comes through; whether something may now. */
    private boolean passes(boolean fromServer) throws InterruptedException {
        long delay;
        synchronized (change) {
            while (state == State.FROZEN || (state == State.DEAF && fromServer)) {
                change.wait();
            }
            delay = delayMillis;
        }
        if (delay > 0) {
            Thread.sleep(delay);
        }
        synchronized (change) {
            return state != State.CUT;
        }
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                Socket client = listening.accept();
                threads.execute(() -> connect(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void connect(Socket client) {
        try {
            if (!passes(false)) {
                client.close();
                return;
            }
            Socket behind = new Socket(InetAddress.getLoopbackAddress(), server);
            open.add(client);
            open.add(behind);
            threads.execute(() -> forward(client, behind, false));
            forward(behind, client, true);
        } catch (IOException e) {
            end(client);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            end(client);
        }
    }

    private void forward(Socket from, Socket to, boolean fromServer) {
        byte[] block = new byte[BLOCK_BYTES];
        try (InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream()) {
            for (int read = in.read(block); read >= 0 && passes(fromServer); read = in.read(block)) {
                out.write(block, 0, read);
                out.flush();
            }
        } catch (IOException ended) {
            // Both ends are closed below.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            open.remove(from);
            open.remove(to);
            end(from);
            end(to);
        }
    }

    private static void end(Socket socket) {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
