package dev.pointsman.cli.house;

import java.io.IOException;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.attribute.LineNumberInfo;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Methods that are too long or take too much, found in compiled classes.
final class MethodSizes {
    /// Larger ones from before the rule was held: they may shrink, not grow.
    private static final Map<String, Integer> LARGER =
            Map.of("dev/pointsman/core/cutover/run/Cutover.cross", 99);

    private static final int LINES_MAX = 60;
    private static final int PARAMETERS_MAX = 5;

    private MethodSizes() {}

    static List<String> tooLargeBelow(Path classes) throws IOException {
        var found = new ArrayList<String>();
        try (var tree = Files.walk(classes)) {
            for (var file : tree.filter(path -> path.toString().endsWith(".class")).toList()) {
                var type = ClassFile.of().parse(file);
                for (var method : type.methods()) {
                    if (!method.flags().has(AccessFlag.SYNTHETIC)) {
                        found.addAll(faults(type, method));
                    }
                }
            }
        }
        return found;
    }

    private static List<String> faults(ClassModel type, MethodModel method) {
        var faults = new ArrayList<String>();
        var name = type.thisClass().asInternalName() + "." + method.methodName().stringValue();
        if (lines(method) > LARGER.getOrDefault(name, LINES_MAX)) {
            faults.add(name + " has " + lines(method) + " lines");
        }
        if (parameters(method) > PARAMETERS_MAX && !isCanonical(type, method)) {
            faults.add(name + " has " + parameters(method) + " parameters");
        }
        return faults;
    }

    /// From the first line with code to the last, with two more for the signature and the brace.
    private static int lines(MethodModel method) {
        var numbers =
                method.code().stream()
                        .flatMap(code -> code.findAttributes(Attributes.lineNumberTable()).stream())
                        .flatMap(table -> table.lineNumbers().stream())
                        .mapToInt(LineNumberInfo::lineNumber)
                        .summaryStatistics();
        var isInitialiser = method.methodName().stringValue().startsWith("<");
        return numbers.getCount() == 0 || isInitialiser
                ? 0
                : numbers.getMax() - numbers.getMin() + 3;
    }

    /// Whether this is the constructor that takes a record's components.
    private static boolean isCanonical(ClassModel type, MethodModel method) {
        var components =
                type.findAttribute(Attributes.record())
                        .map(
                                attribute ->
                                        attribute.components().stream()
                                                .map(one -> one.descriptorSymbol())
                                                .toList());
        return method.methodName().equalsString("<init>")
                && components.equals(Optional.of(method.methodTypeSymbol().parameterList()));
    }

    /// As they stand in the source: a record's own list of components is not counted, nor is what
    /// the compiler adds.
    private static int parameters(MethodModel method) {
        var all = method.methodTypeSymbol().parameterCount();
        var added =
                method.findAttribute(Attributes.methodParameters())
                        .map(
                                attribute ->
                                        attribute.parameters().stream()
                                                .filter(
                                                        one ->
                                                                one.has(AccessFlag.SYNTHETIC)
                                                                        || one.has(
                                                                                AccessFlag
                                                                                        .MANDATED))
                                                .count())
                        .orElse(0L);
        return all - added.intValue();
    }
}
