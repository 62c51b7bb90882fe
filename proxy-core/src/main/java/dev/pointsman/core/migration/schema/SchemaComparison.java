package dev.pointsman.core.migration.schema;

import dev.pointsman.core.migration.schema.SchemaPicture.Relation;

import org.jspecify.annotations.Nullable;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/// What is found by comparing, in words.
final class SchemaComparison {
    private final List<String> missing = new ArrayList<>();
    private final List<String> other = new ArrayList<>();
    private final List<String> unlike = new ArrayList<>();
    private final List<String> looser = new ArrayList<>();

    SchemaDifference difference(int tables) {
        return new SchemaDifference(tables, missing, other, unlike, looser);
    }

    /// A relation of the source, and what has its name on the target.
    void relation(String name, Relation wanted, @Nullable Relation found) {
        var called = wanted.isTable() ? name : wanted.kind() + " " + name;
        var lost = wanted.isTable() ? missing : unlike;
        var isView = wanted.kind().endsWith("view");
        if (found == null) {
            lost.add(called + " is missing");
            return;
        }
        if (wanted.isTable() && !found.isTable()) {
            missing.add(name + " is a " + found.kind());
            return;
        }
        if (!wanted.kind().equals(found.kind())) {
            unlike.add(called + " is a " + found.kind());
        }
        var lacking = without(wanted.columns().keySet(), found.columns().keySet());
        if (!lacking.isEmpty()) {
            (isView ? looser : lost).add(called + " has no column " + String.join(", ", lacking));
        } else if (wanted.kind().equals(found.kind()) && !isView) {
            columns(called, wanted, found);
        }
        parents(called, wanted.parents(), found.parents());
        without(wanted.unique(), found.unique())
                .forEach(columns -> unlike.add(called + " has no unique index on " + columns));
        without(wanted.loose(), found.loose())
                .forEach(what -> looser.add(called + " has no " + what));
    }

    private void columns(String called, Relation wanted, Relation found) {
        var differing = new ArrayList<String>();
        found.columns()
                .forEach(
                        (name, print) -> {
                            if (!print.equals(wanted.columns().get(name))) {
                                differing.add(name);
                            }
                        });
        if (!differing.isEmpty()) {
            (wanted.isTable() ? other : unlike)
                    .add(called + " has other columns: " + String.join(", ", differing));
        }
    }

    private void parents(String called, List<String> wanted, List<String> found) {
        without(wanted, found).forEach(one -> unlike.add(called + " is not attached to " + one));
        without(found, wanted)
                .forEach(
                        one ->
                                unlike.add(
                                        called + " is attached to " + one + ", on the source not"));
    }

    /// A function, a type or an extension of the source; of an enum the labels in their order, of
    /// which there may be more.
    void named(String what, List<String> labels, Map<String, List<String>> there) {
        var found = there.get(what);
        if (found == null) {
            var isExtension = what.startsWith(SchemaPicture.EXTENSION + " ");
            (isExtension ? looser : unlike).add(what + " is missing");
            return;
        }
        var lacking = without(labels, found);
        if (!lacking.isEmpty()) {
            unlike.add(what + " has no label " + String.join(", ", lacking));
        } else if (!found.stream().filter(labels::contains).toList().equals(labels)) {
            unlike.add(what + " has its labels in another order");
        }
    }

    private static List<String> without(Collection<String> wanted, Collection<String> found) {
        return wanted.stream().filter(one -> !found.contains(one)).toList();
    }
}
