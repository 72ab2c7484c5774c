// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import jakarta.ws.rs.core.Response;

/** Replies with SVG pictures. */
final class Picture {
    static final String SVG = "image/svg+xml";

    private Picture() {}

    /** A picture that can run nothing and load nothing, wherever it is opened. */
    static Response of(String svg) {
        return Response.ok(svg, SVG)
                .header("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'")
                .build();
    }
}
