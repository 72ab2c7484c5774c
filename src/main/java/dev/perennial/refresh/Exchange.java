// SPDX-License-Identifier: Apache-2.0
package dev.perennial.refresh;

/**
 * What takes tasks from one service to another.
 *
 * @param keeper keeps the files that were exported
 * @param format how tasks are written into a file
 * @param uploads files of elsewhere that wait to be imported
 */
public record Exchange(ExportKeeper keeper, ExportFormat format, Uploads uploads) {}
