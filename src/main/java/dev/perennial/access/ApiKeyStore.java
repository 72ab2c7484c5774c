// SPDX-License-Identifier: Apache-2.0
package dev.perennial.access;

import java.util.List;

/**
 * Keeps keys. Safe for concurrent use. Every change is an audit event, and on the disk when its method returns.
 *
 * <p>All methods throw {@link dev.perennial.refusal.Refusal.StoreUnavailable} when the store cannot be used now.
 */
public interface ApiKeyStore {

    /** All keys that have not been revoked, in the order of their ids. */
    List<ApiKey> all();

    /** Whether there has ever been a key. */
    boolean hasIssued();

    /** Adds one. */
    void add(ApiKey key);

    /** Gives one another quota; whether it was there. */
    boolean bound(String id, Quota quota);

    /** Revokes one; whether it was there. */
    boolean revoke(String id);
}
