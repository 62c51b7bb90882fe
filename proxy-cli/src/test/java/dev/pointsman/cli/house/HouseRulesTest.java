package dev.pointsman.cli.house;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

class HouseRulesTest {
    private static final Repository REPOSITORY = Repository.ours();

    @Test
    void nothingIsLeftForLater() throws IOException {
        assertThat(HouseRules.inText(REPOSITORY.text())).isEmpty();
    }

    @Test
    void sourcesKeepTheRulesOfTheHouse() throws IOException {
        assertThat(REPOSITORY.java()).isNotEmpty();
        assertThat(HouseRules.inJava(REPOSITORY.java())).isEmpty();
    }

    @Test
    void everyDocumentHasOneTitle() throws IOException {
        assertThat(HouseRules.inMarkdown(REPOSITORY.markdown())).isEmpty();
    }

    @Test
    void methodsAreShortAndTakeLittle() throws IOException {
        for (var module : List.of("proxy-core", "proxy-admin", "proxy-cli")) {
            var classes = REPOSITORY.root().resolve(module).resolve("target/classes");
            assertThat(MethodSizes.tooLargeBelow(classes)).isEmpty();
        }
    }

    @Test
    void everyKindOfPlantedFaultIsFound() {
        // given
        var long401 = Collections.nCopies(401, "x");
        var later = file("a/src/main/A.java", "// " + "TO" + "DO");
        var sleeper = file("a/src/test/BTest.java", "Thread." + "sleep(1);");
        var quitter = file("a/src/main/C.java", "System." + "exit(1);");
        var empty = file("a/src/main/FrameHelper.java");
        var folder = file("a/src/main/util/D.java");
        var wordy = file("a/src/main/G.java", "import a.b.C;", "void g(java.util.List<C> all) {}");
        var tall = new SourceFile(Path.of("a/src/main/E.java"), long401);
        // then
        assertThat(HouseRules.inText(List.of(later))).hasSize(1);
        for (var fault : List.of(sleeper, quitter, empty, folder, wordy, tall)) {
            assertThat(HouseRules.inJava(List.of(fault))).as(fault.name()).hasSize(1);
        }
        var crowd = Collections.nCopies(13, file("a/src/main/F.java"));
        assertThat(HouseRules.inJava(crowd)).hasSize(1);
        assertThat(HouseRules.inMarkdown(List.of(file("a.md", "# One", "# Two")))).hasSize(1);
        assertThat(HouseRules.inMarkdown(List.of(file("a.md", "# One", "```", "# no", "```"))))
                .isEmpty();
    }

    @Test
    void onlyANameThatMeansAnotherTypeHereMayBeWrittenInFull() {
        // given
        var imported = file("A.java", "import a.b.List;", "List x; java.util.List y;");
        var declared = file("List.java", "class List { java.util.List y; }");
        var neighbour = file("A.java", "package a.b;", "List x; java.util.List y;");
        var nowhereElse =
                file(
                        "A.java",
                        "// List",
                        "/* java.util.List */ x = \"List\";",
                        "java.util.List y;");
        var importedItself = file("A.java", "import java.util.List;", "List x; java.util.List y;");
        var neighbourItself = file("A.java", "package java.util;", "List x; java.util.List y;");
        var broken = file("A.java", "java.util", "    .List y;");
        var quoted =
                file("A.java", "x = \"\"\"", "  java.util.List", "  \\\"\"\"\"\"\"; c = '\"';");
        // then
        for (var right : List.of(imported, declared, neighbour, quoted)) {
            assertThat(FullNames.in(right)).as(right.toString()).isEmpty();
        }
        for (var wrong : List.of(nowhereElse, importedItself, neighbourItself, broken)) {
            assertThat(FullNames.in(wrong)).as(wrong.toString()).hasSize(1);
        }
        assertThat(FullNames.in(nowhereElse).getFirst())
                .isEqualTo("A.java:3 writes out java.util.List");
    }

    @Test
    void aPlantedMethodThatTakesTooMuchIsFound() throws Exception {
        var classes =
                Path.of(
                        HouseRulesTest.class
                                .getProtectionDomain()
                                .getCodeSource()
                                .getLocation()
                                .toURI());
        assertThat(MethodSizes.tooLargeBelow(classes.resolve("dev/pointsman/cli/house")))
                .singleElement()
                .asString()
                .contains("takesSix has 6 parameters");
    }

    @SuppressWarnings("unused") // planted
    private static int takesSix(int a, int b, int c, int d, int e, int f) {
        return a + b + c + d + e + f;
    }

    private static SourceFile file(String path, String... lines) {
        return new SourceFile(Path.of(path), Arrays.asList(lines));
    }
}
