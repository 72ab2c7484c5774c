// SPDX-License-Identifier: Apache-2.0
package dev.perennial.architecture;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.Tree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.SourcePositions;
import com.sun.source.util.TreeScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** The main sources as the JDK's own compiler parses them: files, types and methods with their sizes in lines. */
record SourceTree(List<SourceFile> files, List<SourceType> types, List<SourceMethod> methods) {
    private static final Path MAIN = Path.of("src", "main", "java");

    record SourceFile(String name, String topPackage, int lines) {}

    record SourceType(String name, String topPackage, Tree.Kind kind) {}

    /**
     * A method or an explicit constructor.
     *
     * @param typeAndName such as {@code Text.parse}; a constructor is called {@code new}
     * @param canonicalConstructor whether it is the canonical constructor of a record
     */
    record SourceMethod(
            String typeAndName, String topPackage, int lines, int parameters, boolean canonicalConstructor) {
        boolean constructor() {
            return typeAndName.endsWith(".new");
        }
    }

    static SourceTree parse() {
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files =
                        compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8);
                Stream<Path> walk = Files.walk(MAIN)) {
            List<Path> paths = walk.filter(path -> path.toString().endsWith(".java"))
                    .filter(path -> !path.endsWith("package-info.java"))
                    .sorted()
                    .toList();
            JavacTask task = (JavacTask) compiler.getTask(
                    null, files, null, List.of("-proc:none"), null, files.getJavaFileObjectsFromPaths(paths));
            Scanner scanner = new Scanner(Trees.instance(task).getSourcePositions());
            for (CompilationUnitTree unit : task.parse()) {
                scanner.scan(unit, null);
            }
            return new SourceTree(scanner.files, scanner.types, scanner.methods);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Visits one compilation unit after the other; confined to the thread that parses. */
    private static final class Scanner extends TreeScanner<Void, Void> {
        private final SourcePositions positions;
        private final List<SourceFile> files = new ArrayList<>();
        private final List<SourceType> types = new ArrayList<>();
        private final List<SourceMethod> methods = new ArrayList<>();
        private final Deque<ClassTree> enclosing = new ArrayDeque<>();
        private CompilationUnitTree unit;
        private String topPackage;

        private Scanner(SourcePositions positions) {
            this.positions = positions;
        }

        @Override
        public Void visitCompilationUnit(CompilationUnitTree tree, Void unused) {
            unit = tree;
            String name = tree.getPackageName().toString();
            topPackage = name.split("\\.").length > 2 ? name.split("\\.")[2] : "";
            Path path = Path.of(tree.getSourceFile().toUri());
            try {
                files.add(new SourceFile(
                        path.getFileName().toString(),
                        topPackage,
                        Files.readAllLines(path).size()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return super.visitCompilationUnit(tree, unused);
        }

        @Override
        public Void visitClass(ClassTree tree, Void unused) {
            if (tree.getSimpleName().length() > 0) {
                types.add(new SourceType(tree.getSimpleName().toString(), topPackage, tree.getKind()));
            }
            enclosing.push(tree);
            super.visitClass(tree, unused);
            enclosing.pop();
            return null;
        }

        @Override
        public Void visitMethod(MethodTree tree, Void unused) {
            boolean constructor = tree.getReturnType() == null;
            methods.add(new SourceMethod(
                    enclosing.peek().getSimpleName() + "." + (constructor ? "new" : tree.getName()),
                    topPackage,
                    lines(tree),
                    tree.getParameters().size(),
                    constructor && enclosing.peek().getKind() == Tree.Kind.RECORD && isCanonical(tree)));
            return super.visitMethod(tree, unused);
        }

        private boolean isCanonical(MethodTree tree) {
            long components = enclosing.peek().getMembers().stream()
                    .filter(member -> member.getKind() == Tree.Kind.VARIABLE)
                    .filter(member -> !((com.sun.source.tree.VariableTree) member)
                            .getModifiers()
                            .getFlags()
                            .contains(Modifier.STATIC))
                    .count();
            return tree.getParameters().size() == components
                    || tree.getParameters().isEmpty();
        }

        private int lines(Tree tree) {
            long first = unit.getLineMap().getLineNumber(positions.getStartPosition(unit, tree));
            long last = unit.getLineMap().getLineNumber(positions.getEndPosition(unit, tree));
            return (int) (last - first + 1);
        }
    }
}
