package dev.pointsman.cli.house;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// What can be seen in source text. Each rule returns one line for each place that breaks it.
final class HouseRules {
    private static final int FILE_LINES_MAX = 400;
    private static final int PACKAGE_FILES_MAX = 12;

    /// Words that are put together here, so that this file does not break the rules it checks.
    private static final Pattern LEFT_FOR_LATER =
            Pattern.compile(
                    "\\b(" + String.join("|", "TO" + "DO", "FIX" + "ME", "XX" + "X") + ")\\b");

    private static final String SLEEP = "Thread." + "sleep";
    private static final String EXIT = "System." + "exit";
    private static final Pattern EMPTY_NAME =
            Pattern.compile("(Utils?|Common|Manager|Helpers?)(?![a-z])");
    private static final Pattern EMPTY_FOLDER =
            Pattern.compile("/(utils?|common|manager|helpers?)(/|$)");

    private HouseRules() {}

    static List<String> inText(List<SourceFile> files) {
        return linesWith(files, LEFT_FOR_LATER, "is left for later");
    }

    static List<String> inJava(List<SourceFile> files) {
        var found = new ArrayList<String>();
        found.addAll(sizes(files));
        found.addAll(names(files));
        files.forEach(file -> found.addAll(FullNames.in(file)));
        var tests = files.stream().filter(SourceFile::isTest).toList();
        found.addAll(linesWith(tests, Pattern.compile(Pattern.quote(SLEEP)), "waits by the clock"));
        var noEntries =
                files.stream()
                        .filter(file -> file.path().toString().contains("/src/"))
                        .filter(file -> !file.name().equals("Main.java"))
                        .toList();
        found.addAll(
                linesWith(noEntries, Pattern.compile(Pattern.quote(EXIT)), "ends the process"));
        return found;
    }

    static List<String> inMarkdown(List<SourceFile> files) {
        var found = new ArrayList<String>();
        for (var file : files) {
            boolean inCode = false;
            int titles = 0;
            for (var line : file.lines()) {
                inCode ^= line.startsWith("```");
                titles += !inCode && line.startsWith("# ") ? 1 : 0;
            }
            if (titles != 1) {
                found.add(file.path() + " has " + titles + " titles");
            }
        }
        return found;
    }

    private static List<String> sizes(List<SourceFile> files) {
        var found = new ArrayList<String>();
        Map<String, Integer> packages = new TreeMap<>();
        for (var file : files) {
            if (file.lines().size() > FILE_LINES_MAX) {
                found.add(file.path() + " has " + file.lines().size() + " lines");
            }
            if (!file.name().equals("package-info.java")) {
                packages.merge(file.folder(), 1, Integer::sum);
            }
        }
        packages.forEach(
                (folder, count) -> {
                    if (count > PACKAGE_FILES_MAX) {
                        found.add(folder + " has " + count + " files");
                    }
                });
        return found;
    }

    private static List<String> names(List<SourceFile> files) {
        return files.stream()
                .filter(
                        file ->
                                EMPTY_NAME.matcher(file.name()).find()
                                        || EMPTY_FOLDER.matcher("/" + file.folder()).find())
                .map(file -> file.path() + " has a name that says nothing")
                .toList();
    }

    private static List<String> linesWith(List<SourceFile> files, Pattern pattern, String what) {
        var found = new ArrayList<String>();
        for (var file : files) {
            for (int i = 0; i < file.lines().size(); i++) {
                if (pattern.matcher(file.lines().get(i)).find()) {
                    found.add(file.path() + ":" + (i + 1) + " " + what);
                }
            }
        }
        return found;
    }
}
