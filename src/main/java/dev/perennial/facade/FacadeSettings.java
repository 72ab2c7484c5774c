// SPDX-License-Identifier: Apache-2.0
package dev.perennial.facade;

import java.util.Optional;

/**
 * What façades are told by the configuration.
 *
 * @param version of the service
 * @param teiTask the task that {@code /predict} asks where the request names none
 * @param teiModel what embeds and compares for text-embeddings-inference's clients, who name no model
 */
public record FacadeSettings(String version, Optional<String> teiTask, String teiModel) {}
