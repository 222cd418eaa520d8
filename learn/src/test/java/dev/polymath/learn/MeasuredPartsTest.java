package dev.polymath.learn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.polymath.learn.balance.Balancers;
import dev.polymath.learn.habit.Habits;
import dev.polymath.learn.sampling.Samplers;
import dev.polymath.project.Catalogue;
import dev.polymath.project.Part;
import dev.polymath.sharing.SharingParts;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MeasuredPartsTest {
    @Test
    void linesAreRead() {
        assertThat(MeasuredParts.lines("kind\tname\n\nbalance\trlw\t1.02\t\tr\tundecided\t+0.1\n"))
                .containsExactly(new MeasuredParts.Line("balance", "rlw", "1.02", "", "r", "undecided", "+0.1"));
        assertThatThrownBy(() -> MeasuredParts.lines("kind\nbalance\trlw\n")).hasMessageContaining("balance\trlw");
        assertThat(MeasuredParts.of("balance", "no such")).isNull();
    }

    @Test
    void everyMeasuredPartIsInACatalogueOnce() {
        Set<String> parts = new HashSet<>();
        for (Catalogue<?> catalogue :
                List.of(SharingParts.CATALOGUE, Balancers.CATALOGUE, Samplers.CATALOGUE, Habits.CATALOGUE)) {
            for (Part<?> part : catalogue.parts()) parts.add(catalogue.kind() + " " + part.name());
        }
        assertThat(parts).contains("balance equal");
        List<String> measured = MeasuredParts.lines().stream()
                .map(line -> line.kind() + " " + line.name())
                .toList();
        assertThat(measured).doesNotHaveDuplicates().isSubsetOf(parts);
    }
}
