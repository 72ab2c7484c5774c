// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import com.sun.jna.NativeLibrary;

/**
 * What ONNX Runtime reports to its maker, which is nothing.
 *
 * <p>From release 1.29 on its library for Linux keeps a book of the sessions that it opens, with an id of the machine,
 * in the home directory, and sends it away. It looks for a variable of the environment when it is loaded; what its
 * interface can turn off comes after the first entries. Java cannot set a variable of its own process, so the C library
 * does.
 */
final class Reports {
    static final String VARIABLE = "ORT_DISABLE_TELEMETRY";
    static final String NONE = "1";

    private Reports() {}

    /**
     * Turns them off, before the library is loaded.
     *
     * @throws LinkageError when that is not possible
     */
    static void refuse() {
        if (!NONE.equals(System.getenv(VARIABLE))
                && "Linux".equals(System.getProperty("os.name"))
                && NativeLibrary.getProcess().getFunction("setenv").invokeInt(new Object[] {VARIABLE, NONE, 1}) != 0) {
            throw new UnsatisfiedLinkError("the environment takes no variable");
        }
    }
}
