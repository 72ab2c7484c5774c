// SPDX-License-Identifier: Apache-2.0
package dev.perennial.app;

import dev.perennial.onnx.OnnxRuntime;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.annotations.QuarkusMain;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The process: loads the native libraries, which takes a second and waits for nothing, while Quarkus starts. */
@QuarkusMain
public final class Service {
    /** Held, so that its level holds; later it is that of the configuration. */
    private static final Logger LIBRARIES = Logger.getLogger("ai.djl");

    private Service() {}

    public static void main(String[] arguments) {
        if (BackupCommand.isAsked(List.of(arguments))) {
            System.exit(new BackupCommand(System.out).run(List.of(arguments)));
        }
        // Before the configuration is read, everything would be printed, and not as JSON.
        LIBRARIES.setLevel(Level.SEVERE);
        Thread preloading = new Thread(OnnxRuntime::preload, "preload");
        preloading.setDaemon(true);
        preloading.start();
        Quarkus.run(arguments);
    }
}
