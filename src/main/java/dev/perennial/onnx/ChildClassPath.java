// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import java.io.File;
import java.net.URI;
import java.net.URL;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The jars and folders that a child process needs, found by where this process loaded their classes from.
 *
 * <p>Independent of how the service was started: from a class path, from Quarkus' runner, or in a test.
 */
final class ChildClassPath {
    private static final List<String> NEEDED = List.of(
            "dev.perennial.onnx.Canary",
            "dev.perennial.encode.Passage",
            "ai.onnxruntime.OrtEnvironment",
            "ai.djl.engine.Engine",
            "ai.djl.onnxruntime.engine.OrtEngine",
            "ai.djl.huggingface.tokenizers.HuggingFaceTokenizer",
            "ai.onnx.proto.OnnxMl",
            "com.google.protobuf.Message",
            "com.fasterxml.jackson.databind.ObjectMapper",
            "com.fasterxml.jackson.core.JsonParser",
            "com.fasterxml.jackson.annotation.JsonProperty",
            "com.google.gson.Gson",
            "com.sun.jna.Native",
            "org.slf4j.Logger",
            "org.apache.commons.compress.archivers.ArchiveEntry",
            "org.apache.commons.io.IOUtils",
            "org.apache.commons.lang3.StringUtils",
            "org.apache.commons.codec.Charsets");

    private ChildClassPath() {}

    static String value() {
        Set<String> places = new LinkedHashSet<>();
        for (String name : NEEDED) {
            try {
                places.add(place(Class.forName(name, false, ChildClassPath.class.getClassLoader())));
            } catch (ClassNotFoundException notShipped) {
                // An optional part of a library that this build leaves out.
            }
        }
        return String.join(File.pathSeparator, places);
    }

    private static String place(Class<?> type) {
        CodeSource source = type.getProtectionDomain().getCodeSource();
        if (source != null
                && source.getLocation() != null
                && "file".equals(source.getLocation().getProtocol())) {
            return Path.of(URI.create(source.getLocation().toString())).toString();
        }
        String file = '/' + type.getName().replace('.', '/') + ".class";
        URL resource = type.getResource(file);
        if (resource == null) {
            throw new IllegalStateException("no place known for " + type.getName());
        }
        String address = resource.toString();
        String jar = address.startsWith("jar:") ? address.substring(4, address.indexOf("!/")) : address;
        return Path.of(URI.create(jar.endsWith(file) ? jar.substring(0, jar.length() - file.length()) : jar))
                .toString();
    }
}
