// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.perennial.evaluate.TrainingPlots.Curve;
import dev.perennial.evaluate.TrainingPlots.Retained;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/** Pictures of trainings are XML, have a place for every number, and carry names as nothing but names. */
final class TrainingPlotsTest {
    private static final String HOSTILE = "<script>alert('x')</script>&\"\u0001";

    private static Document parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    private static Curve curve(String way, Map<Long, Double> valueByStep) {
        return new Curve(way, new TreeMap<>(valueByStep));
    }

    private static List<String> points(Document picture, int curve) {
        Element polyline = (Element) picture.getElementsByTagName("polyline").item(curve);
        return List.of(polyline.getAttribute("points").split(" "));
    }

    @Test
    void losses_goFromTheGreatestAtTheTop_toTheLastStepAtTheRight() throws Exception {
        Document picture = parsed(TrainingPlots.losses(
                List.of(curve("lora", Map.of(5L, 2.0, 10L, 1.0)), curve("lora", Map.of(5L, 0.0, 8L, 0.5)))));

        assertThat(points(picture, 0)).containsExactly("324.0,48.0", "584.0,188.0");
        assertThat(points(picture, 1)).containsExactly("324.0,328.0", "480.0,258.0");
    }

    @Test
    void losses_haveOneLineOfTheLegend_aWay() throws Exception {
        String svg = TrainingPlots.losses(List.of(
                curve(HOSTILE, Map.of(1L, 1.0)), curve(HOSTILE, Map.of(1L, 1.0)), curve("bitfit", Map.of(1L, 1.0))));

        assertThat(parsed(svg).getElementsByTagName("polyline").getLength()).isEqualTo(3 + 2);
        assertThat(svg).doesNotContain("<script").contains("&lt;script&gt;");
    }

    @Test
    void losses_ofTrainingsThatHaveNotBegun_areAnEmptyFrame() throws Exception {
        Document picture = parsed(TrainingPlots.losses(List.of(curve("lora", Map.of()))));

        assertThat(picture.getElementsByTagName("title").item(0).getTextContent())
                .contains("Loss");
    }

    @Test
    void retention_drawsTheMeansByStep_andARangeATensor() throws Exception {
        Document picture = parsed(TrainingPlots.retention(
                "lcia-code", List.of(0.25, 0.75), List.of(new Retained("layer.0.a", 0.2, 0.5, 0.8))));

        assertThat(points(picture, 0)).containsExactly("324.0,258.0", "584.0,118.0");
        Element range = (Element) picture.getElementsByTagName("rect").item(1);
        assertThat(Double.parseDouble(range.getAttribute("width"))).isEqualTo(260 * 0.6);
    }

    @Test
    void retention_ofOneDecision_hasTensorsAlone_atMostAHundred() throws Exception {
        List<Retained> tensors = IntStream.range(0, 120)
                .mapToObj(i -> new Retained("tensor " + i, 0.5, 0.5, 0.5))
                .toList();

        String svg = TrainingPlots.retention("line-merge", List.of(0.5), tensors);

        Document picture = parsed(svg);
        assertThat(picture.getElementsByTagName("polyline").getLength()).isZero();
        assertThat(picture.getElementsByTagName("rect").getLength()).isEqualTo(1 + 2 * 100);
        assertThat(svg).contains("the first 100 tensors");
    }

    @Test
    void roundAbove_isTheNextOfOneTwoFive() {
        assertThat(TrainingPlots.roundAbove(0.03)).isEqualTo(0.05);
        assertThat(TrainingPlots.roundAbove(1)).isEqualTo(1);
        assertThat(TrainingPlots.roundAbove(1.2)).isEqualTo(2);
        assertThat(TrainingPlots.roundAbove(700)).isEqualTo(1000);
        assertThat(TrainingPlots.roundAbove(0)).isEqualTo(1);
    }
}
