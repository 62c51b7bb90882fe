package dev.pointsman.core.config.file.yaml;

import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.Tag;

import java.util.ArrayList;
import java.util.List;

/// Puts a value into the tree of a file, in place of what stands there or as something new.
public final class Replacement {
    private Replacement() {}

    /// Sets the value at `path`, keys with dots between them. Names of databases may have dots of
    /// their own: where several keys fit, the longest does.
    public static void put(Node root, String path, String value) {
        if (!(root instanceof MappingNode mapping)) {
            return;
        }
        for (int i = 0; i < mapping.getValue().size(); i++) {
            var tuple = mapping.getValue().get(i);
            var key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
            if (path.equals(key)) {
                replace(mapping, i, scalar(value, tuple.getValueNode().getStartMark()));
                return;
            }
            if (path.startsWith(key + ".")) {
                if (!(tuple.getValueNode() instanceof MappingNode)) {
                    replace(mapping, i, group(tuple.getValueNode().getStartMark()));
                }
                put(
                        mapping.getValue().get(i).getValueNode(),
                        path.substring(key.length() + 1),
                        value);
                return;
            }
        }
        add(mapping, path, value);
    }

    private static void add(MappingNode mapping, String path, String value) {
        var mark = mapping.getStartMark();
        int dot = path.indexOf('.');
        var key = dot < 0 ? path : path.substring(0, dot);
        Node node = dot < 0 ? scalar(value, mark) : group(mark);
        mapping.getValue().add(new NodeTuple(scalar(key, mark), node));
        if (dot >= 0) {
            put(node, path.substring(dot + 1), value);
        }
    }

    private static void replace(MappingNode mapping, int index, Node value) {
        var tuples = new ArrayList<>(mapping.getValue());
        tuples.set(index, new NodeTuple(tuples.get(index).getKeyNode(), value));
        mapping.setValue(tuples);
    }

    /// A dollar is a dollar here: the value has no references to the environment.
    private static ScalarNode scalar(String value, Mark mark) {
        return new ScalarNode(
                Tag.STR, value.replace("$", "$$"), mark, mark, ScalarStyle.SINGLE_QUOTED);
    }

    private static MappingNode group(Mark mark) {
        return new MappingNode(
                Tag.MAP, true, new ArrayList<>(List.of()), mark, mark, FlowStyle.BLOCK);
    }
}
