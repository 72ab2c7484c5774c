// SPDX-License-Identifier: Apache-2.0
package dev.perennial.store;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a PostgreSQL database is.
 *
 * @param url a JDBC address, {@code jdbc:postgresql://host:port/database}; its parameter {@code currentSchema} names
 *     the schema, which must exist
 * @param user who connects; without it, who the address or the system says
 * @param password of the user, if one is asked for
 * @param connections how many connections one process keeps, at least 2; one of them writes
 * @param lease how long a process may hang before another one may take its place
 * @param patience how long a statement may take that reads
 * @param address where this process takes requests that other processes are sent, if they may send them
 */
public record PostgresSettings(
        String url,
        Optional<String> user,
        Optional<String> password,
        int connections,
        Duration lease,
        Duration patience,
        Optional<String> address) {
    /** Of who says nothing else. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    private static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);
    private static final Pattern PASSWORD = Pattern.compile("[?&](ssl)?password=", Pattern.CASE_INSENSITIVE);
    private static final Pattern SCHEMA = Pattern.compile("([?&])currentSchema=[^&]*");
    private static final String PREFIX = "jdbc:postgresql:";

    /** @throws IllegalArgumentException when they cannot be used */
    public PostgresSettings {
        if (!url.startsWith(PREFIX)) {
            throw new IllegalArgumentException("The address of PostgreSQL must begin with " + PREFIX + "//");
        }
        if (PASSWORD.matcher(url).find()) {
            throw new IllegalArgumentException(
                    "The address of PostgreSQL must not have a password in it, which has a" + " setting of its own.");
        }
        if (connections < 2) {
            throw new IllegalArgumentException("PostgreSQL needs at least 2 connections: one writes, the others read.");
        }
        if (lease.compareTo(SHORTEST_LEASE) < 0) {
            throw new IllegalArgumentException("The lease of PostgreSQL must last at least a second.");
        }
        if (patience.compareTo(Duration.ofSeconds(1)) < 0) {
            throw new IllegalArgumentException("What PostgreSQL is asked must be waited for at least a second.");
        }
    }

    /** Of a process that is sent nothing by others. */
    public PostgresSettings(
            String url, Optional<String> user, Optional<String> password, int connections, Duration lease) {
        this(url, user, password, connections, lease, PATIENCE, Optional.empty());
    }

    /** The same for one process among others. */
    public PostgresSettings at(String url) {
        return new PostgresSettings(this.url, user, password, connections, lease, patience, Optional.of(url));
    }

    /**
     * The same for another schema of the same database.
     *
     * @param schema its name, which must exist
     * @param connections how many connections one process keeps to it
     */
    public PostgresSettings inSchema(String schema, int connections) {
        String named =
                "currentSchema=" + URLEncoder.encode('"' + schema.replace("\"", "\"\"") + '"', StandardCharsets.UTF_8);
        Matcher present = SCHEMA.matcher(url);
        String other = present.find()
                ? present.replaceAll("$1" + Matcher.quoteReplacement(named))
                : url + (url.contains("?") ? "&" : "?") + named;
        return new PostgresSettings(other, user, password, connections, lease, patience, address);
    }

    /** Without the password. */
    @Override
    public String toString() {
        return "PostgresSettings[connections=" + connections + "]";
    }
}
