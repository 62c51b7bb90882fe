package dev.pointsman.core.arrows;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.Instruction;
import java.lang.classfile.Opcode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

class ArrowsTest {
    private static final String OURS = "dev.pointsman.core";
    private static final String PLANTED = "dev.pointsman.core.arrows.planted";

    @Test
    void arrowsPointOneWayAndEventLoopsNeverWait() {
        var classes =
                new ClassFileImporter()
                        .withImportOption(new ImportOption.DoNotIncludeTests())
                        .importPackages(OURS);
        assertThat(classes).isNotEmpty();
        assertThat(violations(OURS, classes)).isEmpty();
    }

    @Test
    void noEventLoopEntersAMonitor() throws Exception {
        assertThat(monitors(Path.of("target", "classes", "dev", "pointsman", "core"))).isEmpty();
    }

    @Test
    void everyKindOfPlantedViolationIsFound() {
        var classes = new ClassFileImporter().importPackages(PLANTED);
        assertThat(String.join("\n", violations(PLANTED, classes)))
                .contains("WireThatUsesAServer.lockDepth()")
                .contains("CompletableFuture.join()")
                .contains("Files.readString")
                .contains("ServerThatBlocks.reset()")
                .contains("Run.isUnderWay()");
    }

    @Test
    void aPlantedMonitorIsFound() throws Exception {
        var code = ArrowsTest.class.getProtectionDomain().getCodeSource().getLocation();
        var planted = Path.of(code.toURI()).resolve(PLANTED.replace('.', '/'));
        assertThat(monitors(planted))
                .singleElement()
                .asString()
                .contains("ServerThatBlocks.lockDepth");
    }

    private static List<String> violations(String root, JavaClasses classes) {
        return new Arrows(root)
                .rules().stream()
                        .flatMap(
                                rule ->
                                        rule
                                                .evaluate(classes)
                                                .getFailureReport()
                                                .getDetails()
                                                .stream())
                        .toList();
    }

    private static List<String> monitors(Path root) throws IOException {
        var found = new ArrayList<String>();
        for (var part : Arrows.dataPath()) {
            if (Files.notExists(root.resolve(part))) {
                continue;
            }
            try (var tree = Files.walk(root.resolve(part))) {
                for (var file : tree.filter(path -> path.toString().endsWith(".class")).toList()) {
                    var name = file.getFileName().toString().replaceAll("[$.].*", "");
                    if (!Arrows.isControlPathView(name)) {
                        found.addAll(monitorsIn(file, name));
                    }
                }
            }
        }
        return found;
    }

    private static List<String> monitorsIn(Path file, String name) throws IOException {
        var found = new ArrayList<String>();
        for (var method : ClassFile.of().parse(file).methods()) {
            var enters =
                    method.code().stream()
                            .flatMap(code -> code.elementStream())
                            .anyMatch(
                                    element ->
                                            element instanceof Instruction one
                                                    && one.opcode() == Opcode.MONITORENTER);
            if (enters) {
                found.add(name + "." + method.methodName().stringValue());
            }
        }
        return found;
    }
}
