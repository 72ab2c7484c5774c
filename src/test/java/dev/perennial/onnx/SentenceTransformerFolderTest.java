// SPDX-License-Identifier: Apache-2.0
package dev.perennial.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.perennial.encode.EncoderInfo.Pooling;
import dev.perennial.refusal.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

final class SentenceTransformerFolderTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void fillFolder() throws IOException {
        TinyModel.folder(folder, new byte[] {1}, "{}");
    }

    private void assertRefused(String reason) {
        assertThatThrownBy(() -> SentenceTransformerFolder.read(folder))
                .isInstanceOf(Refusal.Invalid.class)
                .hasMessageContaining(reason);
    }

    private void write(String name, String json) throws IOException {
        Files.createDirectories(folder.resolve(name).getParent());
        Files.writeString(folder.resolve(name), json);
    }

    @Test
    void read_takesPoolingPromptAndWindowFromTheFiles() throws IOException {
        write("modules.json", """
                [{"type": "sentence_transformers.models.Transformer", "path": ""},
                 {"type": "sentence_transformers.models.Pooling", "path": "1_Pooling"},
                 {"type": "sentence_transformers.models.Normalize", "path": "2_Normalize"}]
                """);
        write("1_Pooling/config.json", "{\"pooling_mode_cls_token\": true, \"pooling_mode_mean_tokens\": false}");
        write("sentence_bert_config.json", "{\"max_seq_length\": 48, \"do_lower_case\": false}");
        write(
                "config_sentence_transformers.json",
                "{\"prompts\": {\"query\": \"query: \"}, \"default_prompt_name\": \"query\"}");
        SentenceTransformerFolder settings = SentenceTransformerFolder.read(folder);
        assertThat(settings.pooling()).isEqualTo(Pooling.CLS);
        assertThat(settings.prefix()).isEqualTo("query: ");
        assertThat(settings.maxTokens()).isEqualTo(48);
    }

    /** To look for a dot from each of its places would take hours. */
    @Test
    @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aModuleOfALongName_isRefused() throws IOException {
        write("modules.json", "[{\"type\": \"" + "x".repeat(1_000_000) + "\"}]");
        assertRefused("has a module other than");
    }

    @Test
    void read_withoutSettings_takesTheMeanAndTheModelsPositions() throws IOException {
        Files.delete(folder.resolve("1_Pooling/config.json"));
        write("config.json", "{\"model_type\": \"mpnet\", \"max_position_embeddings\": 514, \"pad_token_id\": 1}");
        SentenceTransformerFolder settings = SentenceTransformerFolder.read(folder);
        assertThat(settings.pooling()).isEqualTo(Pooling.MEAN);
        assertThat(settings.prefix()).isEmpty();
        assertThat(settings.maxTokens()).isEqualTo(512);
    }

    @Test
    void read_ofAnExportBelowOnnx_findsTheModel() throws IOException {
        Files.delete(folder.resolve("model.onnx"));
        write("onnx/model.onnx", "");
        assertThat(SentenceTransformerFolder.read(folder).model()).endsWith(Path.of("onnx", "model.onnx"));
    }

    @Test
    void whatWouldEncodeDifferently_isRefused() throws IOException {
        write("modules.json", "[{\"type\": \"sentence_transformers.models.Dense\", \"path\": \"2_Dense\"}]");
        assertRefused("module other than");
        write("modules.json", "[{\"type\": \"Pooling\", \"path\": \"../../etc\"}]");
        assertRefused("module path");
        Files.delete(folder.resolve("modules.json"));
        write("1_Pooling/config.json", "{\"pooling_mode_max_tokens\": true}");
        assertRefused("pools neither");
        write("1_Pooling/config.json", "{\"pooling_mode_mean_tokens\": true, \"pooling_mode_cls_token\": true}");
        assertRefused("exactly one way");
        write("1_Pooling/config.json", "{\"pooling_mode_mean_tokens\": true, \"include_prompt\": false}");
        assertRefused("leaves the prompt out");
        write("sentence_bert_config.json", "{\"do_lower_case\": true}");
        assertRefused("do_lower_case");
    }

    @Test
    void missingOrBrokenFiles_areRefused() throws IOException {
        write("config.json", "{");
        assertRefused("not JSON");
        Files.delete(folder.resolve("tokenizer.json"));
        assertRefused("no tokenizer.json");
        Files.delete(folder.resolve("model.onnx"));
        assertRefused("neither model.onnx");
    }
}
