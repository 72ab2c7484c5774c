// SPDX-License-Identifier: Apache-2.0
package dev.perennial.api;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.hamcrest.Matchers.equalTo;

import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.QuarkusTestProfile;
import io.quarkus.test.junit.TestProfile;
import io.restassured.RestAssured;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that send half of something and wait keep nobody else out, and are not waited for without end. */
@QuarkusTest
@TestProfile(SlowClientsIT.LittlePatience.class)
final class SlowClientsIT {
    private static final int SLOW = 400;
    private static final int MOST = 450;
    private static final int BEYOND = 50;
    private static final int PATIENCE_MILLIS = 60_000;

    private final List<Socket> sockets = new ArrayList<>();

    /** Less patience than usual. */
    public static final class LittlePatience implements QuarkusTestProfile {
        @Override
        public Map<String, String> getConfigOverrides() {
            return Map.of("quarkus.http.read-timeout", "1s", "perennial.limits.connections", String.valueOf(MOST));
        }
    }

    @BeforeEach
    void awaitReady() {
        Http.awaitReady();
    }

    @AfterEach
    void hangUp() throws IOException {
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    private Socket sent(String beginning) throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), RestAssured.port);
        sockets.add(socket);
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.getOutputStream().write(beginning.getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    @Test
    void halfOfAHeader_keepsNobodyOut() throws IOException {
        for (int i = 0; i < SLOW; i++) {
            sent("GET /v1/limits HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
        }
        given().get("/q/health/live").then().statusCode(200);
        given().get("/v1/limits").then().statusCode(200);
    }

    @Test
    void aBodyThatDoesNotCome_isNotWaitedForWithoutEnd() throws IOException {
        Socket slow = sent("POST /v1/tasks/none/predictions HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Type: application/json\r\nContent-Length: 1000\r\n\r\n{");
        assertThat(isEnded(slow)).isTrue();
    }

    /** Whether they send nothing, half of a header, or have asked before. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "GET /v1/limits HTTP/1.1\r\nHost: localhost\r\nX-Slow: ",
                "GET /q/health/live HTTP/1.1\r\nHost: localhost\r\n\r\n"
            })
    void connectionsBeyondTheBound_areClosed_andThereIsRoomWhenOthersHaveLeft(String beginning) throws IOException {
        for (int i = 0; i < MOST + BEYOND; i++) {
            try {
                sent(beginning);
            } catch (IOException closed) {
                // It has been, before it could send anything.
            }
        }
        await().atMost(Duration.ofMillis(PATIENCE_MILLIS))
                .until(() -> sockets.stream().filter(SlowClientsIT::isClosed).count() >= BEYOND);
        assertThat(sockets.stream().filter(SlowClientsIT::isClosed).count()).isLessThan(MOST);

        hangUp();
        sockets.clear();

        await().atMost(Duration.ofMillis(PATIENCE_MILLIS))
                .ignoreExceptions()
                .until(() -> given().get("/q/health/live").statusCode() == 200);
        given().get("/v1/limits").then().body("items.find { it.name == 'connections' }.value", equalTo(MOST));
    }

    /** Whether the service has hung up; what it has answered is read. */
    private static boolean isClosed(Socket socket) {
        try {
            socket.setSoTimeout(1);
            while (socket.getInputStream().read() >= 0) {}
            return true;
        } catch (SocketTimeoutException stillOpen) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }

    /** Whether the service answers or hangs up, without hearing more. */
    private static boolean isEnded(Socket socket) throws IOException {
        try {
            byte[] unused = socket.getInputStream().readAllBytes();
            return true;
        } catch (SocketTimeoutException stillOpen) {
            return false;
        } catch (IOException reset) {
            return true;
        }
    }
}
