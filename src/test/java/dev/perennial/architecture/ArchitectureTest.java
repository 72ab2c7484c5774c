// SPDX-License-Identifier: Apache-2.0
package dev.perennial.architecture;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideOutsideOfPackages;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Who may use whom, as a table, and the habits that keep the core plain Java. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ArchitectureTest {
    private static final String ROOT = "dev.perennial.";

    /** Plain Java: no framework, no database, no native code. */
    private static final List<String> CORE = List.of(
            "refusal",
            "failpoint",
            "text",
            "access",
            "math",
            "task",
            "revision",
            "encode",
            "knowledge",
            "kge",
            "document",
            "member",
            "ensemble",
            "learn",
            "evaluate",
            "drift",
            "feedback",
            "shadow",
            "adapt",
            "refresh");

    /** Each of these knows one outside world and none of the others. */
    private static final List<String> EDGE =
            List.of("onnx", "train", "blas", "store", "source", "lucene", "oidc", "api");

    /** What each package may use besides itself, the JDK and JSpecify. Only {@code app}, which wires, uses all. */
    private static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            Map.entry("refusal", Set.of()),
            Map.entry("failpoint", Set.of()),
            Map.entry("text", Set.of("refusal")),
            Map.entry("access", Set.of("refusal")),
            Map.entry("math", Set.of()),
            Map.entry("task", Set.of("text", "refusal")),
            Map.entry("revision", Set.of("task", "refusal")),
            Map.entry("encode", Set.of("text", "refusal")),
            Map.entry("knowledge", Set.of("math", "text", "task", "encode", "refusal")),
            Map.entry("kge", Set.of("math", "refusal")),
            Map.entry("document", Set.of("text", "task", "encode", "refusal")),
            Map.entry("member", Set.of("math", "task", "encode", "refusal", "text")),
            Map.entry("ensemble", Set.of("math", "text", "task", "encode", "knowledge", "member", "refusal")),
            Map.entry(
                    "learn",
                    Set.of(
                            "math",
                            "text",
                            "task",
                            "revision",
                            "encode",
                            "knowledge",
                            "member",
                            "ensemble",
                            "adapt",
                            "failpoint",
                            "refusal")),
            Map.entry("evaluate", Set.of("math", "text", "task", "encode", "member", "ensemble", "learn", "refusal")),
            Map.entry("drift", Set.of("math", "task", "encode", "ensemble")),
            Map.entry("feedback", Set.of("math", "text", "task", "ensemble", "refusal")),
            Map.entry(
                    "shadow",
                    Set.of(
                            "math",
                            "task",
                            "revision",
                            "encode",
                            "ensemble",
                            "learn",
                            "evaluate",
                            "feedback",
                            "refusal")),
            Map.entry("adapt", Set.of("task", "ensemble")),
            Map.entry("refresh", allBut("refresh", CORE)),
            Map.entry("onnx", Set.of("encode", "refusal", "text", "math")),
            Map.entry("train", Set.of("encode", "refusal", "text", "math", "learn", "adapt")),
            Map.entry("blas", Set.of("math")),
            Map.entry(
                    "store",
                    Set.of(
                            "access",
                            "task",
                            "revision",
                            "knowledge",
                            "document",
                            "ensemble",
                            "evaluate",
                            "feedback",
                            "shadow",
                            "refresh",
                            "failpoint",
                            "refusal",
                            "text")),
            Map.entry("source", Set.of("knowledge", "document", "refusal", "text")),
            Map.entry("oidc", Set.of("access", "refusal")),
            Map.entry("lucene", Set.of("document", "refusal", "text")),
            Map.entry(
                    "api",
                    Set.of(
                            "access",
                            "refusal",
                            "text",
                            "math",
                            "task",
                            "revision",
                            "encode",
                            "knowledge",
                            "kge",
                            "document",
                            "ensemble",
                            "learn",
                            "evaluate",
                            "drift",
                            "feedback",
                            "shadow",
                            "adapt",
                            "refresh")),
            // What the api says, in the words of others.
            Map.entry("facade", Set.of("api", "encode", "ensemble", "learn", "task", "text", "refusal")),
            Map.entry("app", Set.copyOf(concatenated(concatenated(CORE, EDGE), List.of("facade")))));

    /** Classes that are open on purpose, by simple name, each with its reason. */
    private static final Map<String, String> OPEN_ON_PURPOSE = Map.of();

    /** Classes that may write to the console, by simple name, each with its reason. */
    private static final Map<String, String> CONSOLE_ON_PURPOSE =
            Map.of("Service", "a command that was typed is answered where it was typed");

    private JavaClasses classes;

    @BeforeAll
    void importClasses() {
        classes = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_JARS)
                .importPackages("dev.perennial");
    }

    static Set<String> packages() {
        return new TreeSet<>(MAY_USE.keySet());
    }

    @Test
    void table_namesEveryPackageThatExists() {
        Set<String> existing = classes.stream().map(ArchitectureTest::packageOf).collect(Collectors.toSet());

        assertThat(MAY_USE.keySet()).containsAll(existing);
    }

    @ParameterizedTest
    @MethodSource("packages")
    void package_usesOnlyWhatTheTableAllows(String using) {
        Map<String, String> forbidden = new TreeMap<>();
        classes.stream()
                .filter(type -> packageOf(type).equals(using))
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .filter(dependency ->
                        dependency.getTargetClass().getPackageName().startsWith(ROOT))
                .filter(dependency -> !mayUse(using, packageOf(dependency.getTargetClass())))
                .forEach(dependency -> forbidden.put(dependency.getDescription(), using));

        assertThat(forbidden.keySet()).isEmpty();
    }

    @Test
    void packages_haveNoCycles() {
        slices().matching("dev.perennial.(*)..").should().beFreeOfCycles().check(classes);
    }

    @Test
    void core_isPlainJava() {
        check(noClasses()
                .that(resideInAnyPackage(patterns(CORE)))
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "io.quarkus..",
                        "io.smallrye..",
                        "io.micrometer..",
                        "io.vertx..",
                        "jakarta..",
                        "com.fasterxml..",
                        "ai.onnxruntime..",
                        "ai.djl..",
                        "java.sql..",
                        "javax.sql..",
                        "org.sqlite..",
                        "org.bytedeco..",
                        "org.jdbi..",
                        "org.eclipse.rdf4j..",
                        "org.apache.lucene..",
                        "org.jose4j..",
                        "org.flywaydb..")));
    }

    @Test
    void edges_doNotKnowOneAnother() {
        for (String edge : EDGE) {
            List<String> others = new ArrayList<>(EDGE);
            others.remove(edge);
            assertThat(Collections.disjoint(MAY_USE.get(edge), others)).isTrue();
        }
    }

    @Test
    void types_areClosed() {
        List<String> open = classes.stream()
                .filter(type -> !type.isInterface() && !type.isEnum() && !type.isRecord())
                .filter(type -> !type.isAnonymousClass())
                .filter(type -> !type.getModifiers().contains(JavaModifier.SYNTHETIC))
                .filter(type -> !type.getModifiers().contains(JavaModifier.FINAL))
                .filter(type -> !type.getSimpleName().equals("package-info"))
                .filter(type -> !type.reflect().isSealed())
                .filter(type -> !OPEN_ON_PURPOSE.containsKey(type.getSimpleName()))
                .map(JavaClass::getName)
                .sorted()
                .toList();

        assertThat(open)
                .as("make it final, sealed, a record or an enum, or give a reason in OPEN_ON_PURPOSE")
                .isEmpty();
    }

    @Test
    void dependencies_comeThroughConstructors() {
        check(fields().should()
                .notBeAnnotatedWith("jakarta.inject.Inject")
                .andShould()
                .notBeAnnotatedWith("org.eclipse.microprofile.config.inject.ConfigProperty"));
    }

    @Test
    void state_isNeverStatic() {
        check(fields().that().areStatic().should().beFinal());
    }

    @Test
    void timeAndChance_areParametersOutsideApp() {
        check(noClasses()
                .that(resideOutsideOfPackages("dev.perennial.app.."))
                .should()
                .callMethod(System.class, "currentTimeMillis")
                .orShould()
                .callMethod(java.time.Instant.class, "now")
                .orShould()
                .callMethod(java.time.InstantSource.class, "system")
                .orShould()
                .callMethod(java.time.Clock.class, "systemUTC")
                .orShould()
                .callConstructor(java.util.Random.class)
                .orShould()
                .callMethod(Math.class, "random")
                .orShould()
                .callMethod(java.util.UUID.class, "randomUUID")
                .orShould()
                .dependOnClassesThat(name("java.util.concurrent.ThreadLocalRandom")));
    }

    @Test
    void nothing_sleeps() {
        check(noClasses()
                .should()
                .callMethodWhere(target(owner(name("java.lang.Thread"))).and(target(name("sleep")))));
    }

    @Test
    void nothing_isWrittenOrReadByJavaSerialization() {
        check(noClasses()
                .should()
                .dependOnClassesThat(name("java.io.ObjectInputStream").or(name("java.io.ObjectOutputStream"))));
    }

    @Test
    void nothing_writesToTheConsole() {
        List<String> talkers = classes.stream()
                .filter(type -> type.getFieldAccessesFromSelf().stream()
                        .anyMatch(access -> access.getTargetOwner().getName().equals("java.lang.System")
                                && Set.of("out", "err").contains(access.getName())))
                .filter(type -> !CONSOLE_ON_PURPOSE.containsKey(type.getSimpleName()))
                .map(JavaClass::getName)
                .sorted()
                .toList();

        assertThat(talkers)
                .as("log instead, or give a reason in CONSOLE_ON_PURPOSE")
                .isEmpty();
    }

    private void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(classes);
    }

    private static boolean mayUse(String using, String used) {
        return using.equals(used) || MAY_USE.getOrDefault(using, Set.of()).contains(used);
    }

    private static String packageOf(JavaClass type) {
        return type.getPackageName().substring(ROOT.length()).split("\\.", 2)[0];
    }

    private static String[] patterns(List<String> packages) {
        return packages.stream().map(one -> ROOT + one + "..").toArray(String[]::new);
    }

    private static Set<String> allBut(String one, List<String> packages) {
        return packages.stream().filter(other -> !other.equals(one)).collect(Collectors.toUnmodifiableSet());
    }

    private static List<String> concatenated(List<String> first, List<String> second) {
        List<String> all = new ArrayList<>(first);
        all.addAll(second);
        return all;
    }
}
