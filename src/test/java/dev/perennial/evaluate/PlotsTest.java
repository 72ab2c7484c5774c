// SPDX-License-Identifier: Apache-2.0
package dev.perennial.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** Pictures are XML, say what they show, and carry names without letting them be anything but names. */
final class PlotsTest {
    private static final String HOSTILE = "<script>alert('x')</script>&\"\u0001\uFFFE";

    private static Document parsed(String svg) throws Exception {
        return DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new ByteArrayInputStream(svg.getBytes(StandardCharsets.UTF_8)));
    }

    @Test
    void reliability_hasAPlaceForEveryBin() throws Exception {
        Document picture =
                parsed(Plots.reliability(List.of(new Metrics.Bin(10, 0.5, 0.4), new Metrics.Bin(10, 0.9, 0.95))));

        NodeList boxes = picture.getElementsByTagName("rect");
        assertThat(boxes.getLength()).isEqualTo(3);
        assertThat(picture.getElementsByTagName("title").item(0).getTextContent())
                .contains("Reliability");
    }

    @Test
    void riskCoverage_drawsThroughAllPoints() throws Exception {
        Document picture =
                parsed(Plots.riskCoverage(List.of(new RiskCoverage.Point(0.5, 0), new RiskCoverage.Point(1, 0.2))));

        String points = picture.getElementsByTagName("polyline")
                .item(0)
                .getAttributes()
                .getNamedItem("points")
                .getNodeValue();
        assertThat(points.split(" ")).hasSize(2);
    }

    @Test
    void confusion_escapesNames() throws Exception {
        List<LabelFigures> labels = List.of(new LabelFigures(HOSTILE, 3, 2, 2), new LabelFigures("plain", 1, 2, 1));
        List<Plots.Count> cells = List.of(new Plots.Count(HOSTILE, "plain", 1));

        String svg = Plots.confusion(labels, cells);

        assertThat(parsed(svg).getElementsByTagName("script").getLength()).isZero();
        assertThat(svg).doesNotContain("<script").contains("&lt;script&gt;");
    }

    @Test
    void confusion_showsTheLabelsWithMostWrongAnswers() {
        List<LabelFigures> labels = IntStream.range(0, 50)
                .mapToObj(i -> new LabelFigures("label-" + i, 10, 10, 9))
                .toList();

        String svg = Plots.confusion(labels, List.of(new Plots.Count("label-48", "label-49", 1)));

        assertThat(svg).contains("label-48", "label-49", "20 labels").doesNotContain(">label-9<");
    }

    @Test
    void nothingIsLoadedFromOutside() {
        assertThat(Plots.reliability(List.of()))
                .doesNotContain("href", "url(", "@import")
                .containsOnlyOnce("http");
    }
}
