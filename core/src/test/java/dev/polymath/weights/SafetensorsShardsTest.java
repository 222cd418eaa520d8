package dev.polymath.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsShardsTest {
    private static final Array A = Array.of(new float[] {1, 2});
    private static final Array B = Array.of(new float[] {3});
    private static final Array C = Array.of(new long[] {4});

    @TempDir
    Path parent;

    private Path folder;

    @BeforeEach
    void writeTwoShards() throws IOException {
        folder = Files.createDirectories(parent.resolve("model"));
        Safetensors.write(folder.resolve("1.safetensors"), new Weights(Map.of("a", A, "b", B)), Map.of());
        Safetensors.write(folder.resolve("2.safetensors"), new Weights(Map.of("c", C)), Map.of());
    }

    @Test
    void joinsTheShardsThatTheIndexNames() throws IOException {
        index("{'metadata':{'total_size':20},'weight_map':"
                + "{'c':'2.safetensors','a':'1.safetensors','b':'./1.safetensors'}}");
        Weights weights = Safetensors.readFolder(folder);
        assertThat(weights.names()).containsExactly("c", "a", "b");
        assertThat(weights).isEqualTo(new Weights(Map.of("a", A, "b", B, "c", C)));
    }

    @Test
    void prefersTheSingleFile() throws IOException {
        index("{'weight_map':{'a':'1.safetensors'}}");
        Safetensors.write(folder.resolve("model.safetensors"), new Weights(Map.of("x", A)), Map.of());
        assertThat(Safetensors.readFolder(folder).names()).containsExactly("x");
    }

    @Test
    void followsLinksAsInACacheOfModels() throws IOException {
        Path blob = Files.move(folder.resolve("2.safetensors"), parent.resolve("blob"));
        Files.createSymbolicLink(folder.resolve("2.safetensors"), blob);
        index("{'weight_map':{'c':'2.safetensors'}}");
        assertThat(Safetensors.readFolder(folder).get("c")).isEqualTo(C);
    }

    @Test
    void saysWhichShardIsMissing() throws IOException {
        index("{'weight_map':{'a':'1.safetensors','d':'3.safetensors'}}");
        assertRefused("the shard '3.safetensors', which has the tensor 'd', is missing");
        index("{'weight_map':{'a':''}}");
        assertRefused("is missing");
    }

    @Test
    void saysWhichTensorAShardLacks() throws IOException {
        index("{'weight_map':{'a':'1.safetensors','b':'2.safetensors'}}");
        assertRefused("the shard '2.safetensors' lacks the tensor 'b', which the index places there");
    }

    @Test
    void refusesShardsOutsideTheFolder() throws IOException {
        Files.copy(folder.resolve("1.safetensors"), parent.resolve("1.safetensors"));
        for (String path : new String[] {
            "../1.safetensors",
            "x/../../1.safetensors",
            "../model/1.safetensors",
            parent.resolve("1.safetensors").toString()
        }) {
            index("{'weight_map':{'a':'" + path.replace("\\", "\\\\") + "'}}");
            assertRefused("is outside the folder");
        }
    }

    @Test
    void refusesAnIndexThatIsNoIndex() throws IOException {
        index("{'weight_map':{'a':'1.safetensors','a':'2.safetensors'}}");
        assertRefused("weight_map: the key 'a' is there twice");
        index("{'weight_map':{'a':1}}");
        assertRefused("weight_map: 'a': expected a string, found 1");
        index("{'weight_map':[]}");
        assertRefused("weight_map: expected an object, found an array");
        index("{'metadata':{}}");
        assertRefused("weight_map is missing");
        index("{'weight_map':{'a':'1.safetensors'}");
        assertRefused("is not valid JSON");
        index("{'weight_map':{'a':'\\u0000'}}");
        assertRefused("is not a path");
    }

    @Test
    void saysWhatAFolderWithoutWeightsLacks() throws IOException {
        assertThatThrownBy(() -> Safetensors.readFolder(folder))
                .isInstanceOf(InputException.class)
                .hasMessageEndingWith("model: has neither model.safetensors nor model.safetensors.index.json");
        Files.createFile(folder.resolve("pytorch_model.bin"));
        assertThatThrownBy(() -> Safetensors.readFolder(folder))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("pytorch_model.bin, which must be saved again as safetensors");
        assertThatThrownBy(() -> Safetensors.readFolder(folder.resolve("none")))
                .isInstanceOf(InputException.class)
                .hasMessageEndingWith("none: there is no such folder");
    }

    private void index(String json) throws IOException {
        Files.writeString(folder.resolve("model.safetensors.index.json"), json.replace('\'', '"'));
    }

    private void assertRefused(String message) {
        assertThatThrownBy(() -> Safetensors.readFolder(folder))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("model.safetensors.index.json: ")
                .hasMessageContaining(message);
    }
}
