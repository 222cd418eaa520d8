package dev.polymath.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.polymath.InputException;
import dev.polymath.data.Passage;
import dev.polymath.run.Polymath;
import dev.polymath.search.Filter;
import dev.polymath.search.Hit;
import dev.polymath.search.SearchIndex;
import dev.polymath.search.SearchMode;
import dev.polymath.search.SearchQuery;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Search over HTTP finds what search in process finds, and refuses what it cannot read. */
class SearchEndpointsTest {
    private static final String QUERY = "a red kettle that leaks";

    @TempDir
    static Path parent;

    private static Path model;
    private static Path index;
    private static Served served;
    private static Polymath opened;
    private static SearchIndex inProcess;

    @BeforeAll
    static void start() {
        model = Served.tiny(parent.resolve("model"), 1);
        index = Indexed.write(parent.resolve("index"), model, Indexed.documents());
        served =
                Served.start(model, Served.with(ServerSettings.Batching.DEFAULT).searching(index));
        opened = Polymath.open(model);
        inProcess = SearchIndex.open(index, opened);
    }

    @AfterAll
    static void stop() {
        served.close();
        inProcess.close();
        opened.close();
    }

    @ParameterizedTest
    @EnumSource
    void findsWhatSearchInProcessFinds(SearchMode mode) throws Exception {
        JsonNode answer = served.ask("/v1/search", "{'query':'" + QUERY + "','mode':'" + mode.key() + "','top':7}");
        assertThat(answer.get("took_ms").asDouble()).isPositive();
        assertSame(
                answer.get("hits"),
                inProcess.search(SearchQuery.of(QUERY).mode(mode).top(7)));
    }

    @Test
    void ranksAnewAsInProcess() throws Exception {
        for (String mode : List.of("hybrid", "lexical")) {
            JsonNode answer = served.ask(
                    "/v1/search", "{'query':'" + QUERY + "','mode':'" + mode + "','top':6,'rerank':4,'explain':true}");
            SearchQuery query = SearchQuery.of(QUERY)
                    .mode(SearchMode.named(mode))
                    .top(6)
                    .explained()
                    .reranked(new SearchQuery.Reranking(4, null));
            List<Hit> expected = inProcess.search(query);
            assertSame(answer.get("hits"), expected);
            assertThat(answer.at("/hits/0/explanation/reranked").asDouble())
                    .isCloseTo(expected.get(0).explanation().reranked(), within(1e-4));
            assertThat(answer.at("/hits/5/explanation/reranked").isMissingNode())
                    .isTrue();
        }
    }

    @Test
    void hitsHaveFieldsHighlightsAndExplanations() throws Exception {
        JsonNode hit = served.ask("/v1/search", "{'query':'leaking kettle','mode':'lexical','top':1,'explain':true}")
                .at("/hits/0");
        assertThat(hit.get("id").asText()).isEqualTo("0");
        assertThat(hit.get("title").asText()).isEqualTo("The kettle");
        assertThat(hit.get("fields").toString()).contains("\"shop\":\"Leeds\"", "\"tag\":[\"kettle\",\"note\"]");
        String text = hit.at("/highlights/0/text").asText();
        List<String> marked = new ArrayList<>();
        for (JsonNode mark : hit.at("/highlights/0/marks")) {
            marked.add(text.substring(mark.get(0).asInt(), mark.get(1).asInt()));
        }
        assertThat(marked).containsExactly("kettle", "leaks");
        assertThat(hit.at("/explanation/lexical/rank").asInt()).isOne();
        JsonNode plain = served.ask("/v1/search", "{'query':'leaking kettle','highlight':false}")
                .at("/hits/0");
        assertThat(plain.fieldNames()).toIterable().doesNotContain("highlights", "explanation");
    }

    @Test
    void filtersByValuesAndRanges() throws Exception {
        JsonNode hits = served.ask(
                        "/v1/search",
                        "{'query':'" + QUERY + "','top':30,'filter':{'shop':'Leeds','price':{'from':5,'to':12}}}")
                .get("hits");
        SearchQuery query = SearchQuery.of(QUERY)
                .top(30)
                .where(new Filter.Is("shop", "Leeds"))
                .where(new Filter.Between("price", 5, 12));
        assertSame(hits, inProcess.search(query));
        assertThat(ids(hits)).containsExactlyInAnyOrder("6", "8", "10", "12");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "{} | 422 | missing field `query`",
                "{'query':' '} | 400 | `query` cannot be empty",
                "{'query':7} | 422 | `query` must be a string; it is 7",
                "{'query':'a','mode':'hybird'} | 422 | did you mean 'hybrid'",
                "{'query':'a','top':0} | 422 | `top` must be a whole number from 1 to 1000; it is 0",
                "{'query':'a','tops':5} | 422 | unknown field `tops`",
                "{'query':'a','filter':'shop'} | 422 | `filter` must be an object",
                "{'query':'a','filter':{'shop':['Leeds']}} | 422 | `filter.shop` must be a string",
                "{'query':'a','filter':{'shops':'Leeds'}} | 422 | no document has a field 'shops'",
                "{'query':'a','filter':{'price':{'from':3,'to':1}}} | 422 | no number lies there",
                "{'query':'a','filter':{'price':{'form':3}}} | 422 | unknown field `filter.price.form`",
                "{'query':'a','filter':{'price':{}}} | 422 | neither `from` nor `to`",
                "{'query':'a','rerank':500} | 422 | `rerank` must be a whole number from 0 to 200; it is 500",
                "{'query':'a','rerank':5,'rerank_task':'close'} | 422 | closeness",
                "{'query':'a','rerank_task':'closeness'} | 422 | it needs `rerank`",
                "{'query':'a','explain':1} | 422 | `explain` must be true or false; it is 1",
            })
    void whatCannotBeReadIsNamed(String body, int status, String message) throws Exception {
        assertThat(served.refusal("/v1/search", body)).startsWith(status + " ").contains(message);
    }

    @Test
    void saysWhatTheIndexIs() throws Exception {
        JsonNode said = Served.JSON.readTree(served.get("/v1/index").body());
        assertThat(said.toString())
                .isEqualTo(
                        "{\"documents\":25,\"passages\":25,\"task\":\"same\",\"dimensions\":32,\"words\":\"english\","
                                + "\"modes\":[\"hybrid\",\"dense\",\"lexical\"],\"rerankers\":[\"closeness\"]}");
        JsonNode tasks = Served.JSON.readTree(served.get("/v1/tasks").body());
        assertThat(tasks.get("search").asBoolean()).isTrue();
        assertThat(tasks.get("index")).isEqualTo(said);
    }

    @Test
    void withoutAnIndexItSaysHowToServeOne() throws Exception {
        try (Served without = Served.start(model, Served.with(ServerSettings.Batching.DEFAULT))) {
            assertThat(without.refusal("/v1/search", "{'query':'a'}"))
                    .startsWith("404")
                    .contains("--index INDEX");
            assertThat(without.get("/v1/index").statusCode()).isEqualTo(404);
        }
    }

    @Test
    void anIndexThatDoesNotFitIsRefusedAtTheStart() {
        Path other = Served.tiny(parent.resolve("other"), 2);
        ServerSettings settings = Served.with(ServerSettings.Batching.DEFAULT);
        assertThatThrownBy(() -> Served.start(other, settings.searching(index)))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("the vectors in " + index + " are not of this model");
        assertThatThrownBy(() -> Served.start(model, settings.searching(parent.resolve("none"))))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("there is no index " + parent.resolve("none"));
    }

    @Test
    void anotherModelBringsAnIndexOfItsOwnOrIsRefused() throws Exception {
        Path next = Served.tiny(parent.resolve("next"), 3);
        Path ofNext = Indexed.write(
                parent.resolve("of-next"), next, Indexed.documents().subList(0, 10));
        try (Served swapped =
                Served.start(model, Served.with(ServerSettings.Batching.DEFAULT).searching(index))) {
            assertThat(swapped.refusal("/v1/admin/models", "{'path':'" + next + "'}"))
                    .startsWith("422")
                    .contains("are not of this model", "or name another with `index`");
            assertThat(ids(swapped.ask("/v1/search", "{'query':'lamp','top':25}")
                            .get("hits")))
                    .hasSize(25);
            JsonNode tasks = swapped.ask("/v1/admin/models", "{'path':'" + next + "','index':'" + ofNext + "'}");
            assertThat(tasks.at("/index/documents").asInt()).isEqualTo(10);
            assertThat(ids(swapped.ask("/v1/search", "{'query':'lamp','top':25}")
                            .get("hits")))
                    .hasSize(10);
            // The same model again, as after training: the index stays.
            swapped.ask("/v1/admin/models", "{'path':'" + next + "'}");
            assertThat(swapped.get("/v1/index").body()).startsWith("{\"documents\":10,");
        }
    }

    @Test
    void whatIsCommittedMeanwhileIsFoundSoon() throws Exception {
        Path growing = Indexed.write(parent.resolve("growing"), model, Indexed.documents());
        try (Served live =
                Served.start(model, Served.with(ServerSettings.Batching.DEFAULT).searching(growing))) {
            String asked = "{'query':'zeppelin','mode':'lexical'}";
            assertThat(live.ask("/v1/search", asked).get("hits")).isEmpty();
            Indexed.write(growing, model, List.of(Passage.of("new", "", "A zeppelin over Leeds.")));
            long deadline = System.nanoTime() + 30_000_000_000L;
            while (live.ask("/v1/search", asked).get("hits").isEmpty()) {
                assertThat(System.nanoTime()).isLessThan(deadline);
                Thread.sleep(100);
            }
        }
    }

    @Test
    void manySearchesAtOnceGetTheirOwnHits() throws Exception {
        List<String> queries = List.of("kettle that leaks", "lamp late", "teapot in stock", "blanket praised");
        List<CompletableFuture<java.net.http.HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String body = "{\"query\":\"" + queries.get(i % 4) + "\",\"rerank\":" + (i % 3) * 3 + "}";
            answers.add(served.later(served.posting("/v1/search", body)));
        }
        for (int i = 0; i < 40; i++) {
            SearchQuery query = SearchQuery.of(queries.get(i % 4));
            if (i % 3 > 0) query = query.reranked(new SearchQuery.Reranking((i % 3) * 3, null));
            assertSame(Served.JSON.readTree(answers.get(i).get().body()).get("hits"), inProcess.search(query));
        }
    }

    private static List<String> ids(JsonNode hits) {
        return hits.findValuesAsText("id");
    }

    private static void assertSame(JsonNode hits, List<Hit> expected) {
        assertThat(ids(hits)).isEqualTo(expected.stream().map(Hit::id).toList());
        for (int i = 0; i < expected.size(); i++) {
            assertThat(hits.get(i).get("score").asDouble())
                    .isCloseTo(expected.get(i).score(), within(1e-4));
        }
    }
}
