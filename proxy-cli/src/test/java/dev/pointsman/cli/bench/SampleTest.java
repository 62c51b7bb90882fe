package dev.pointsman.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

import java.util.Arrays;
import java.util.List;

class SampleTest {
    private static Sample of(double... values) {
        return new Sample(Arrays.stream(values).boxed().toList());
    }

    @Test
    void theMedianIsTheMiddleValueOrTheMeanOfBoth() {
        assertThat(of(9, 1, 5).median()).isEqualTo(5);
        assertThat(of(9, 1, 5, 7).median()).isEqualTo(6);
    }

    @Test
    void aQuantileIsAValueThatWasMeasured() {
        var sample = of(10, 20, 30, 40, 50, 60, 70, 80, 90, 100);
        assertThat(sample.quantile(0.9)).isEqualTo(90);
        assertThat(sample.quantile(1)).isEqualTo(100);
        assertThat(sample.quantile(0)).isEqualTo(10);
    }

    @Test
    void nothingMeasuredIsNoSample() {
        var nothing = List.<Double>of();
        assertThatThrownBy(() -> new Sample(nothing)).isInstanceOf(IllegalArgumentException.class);
    }
}
