package dev.polymath.learn;

import dev.polymath.learn.torch.Network;
import dev.polymath.learn.torch.Tensors;
import dev.polymath.model.Backbone;
import dev.polymath.model.Projection;
import dev.polymath.model.Sites;
import dev.polymath.ops.Ops;
import dev.polymath.project.PartSpec;
import dev.polymath.sharing.SharingGroup;
import dev.polymath.text.Batching;
import dev.polymath.text.Encoding;
import dev.polymath.text.TokenBatch;
import dev.polymath.weights.Weights;
import java.nio.DoubleBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.AutoGradMode;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * What projections of a backbone read of texts: the mean of {@code x x^T} over all tokens that are no padding. The backbone
 * computes in F32, sums are of double precision.
 */
final class ContextMoments {
    /** Tokens of a pass; what a wide projection reads of them takes some tens of MB. */
    private static final int BATCH_TOKENS = 4096;

    private final Map<String, Projection> projections;
    private final Map<String, double[]> sums = new LinkedHashMap<>();

    private ContextMoments(Map<String, Projection> projections) {
        this.projections = projections;
        projections.forEach(
                (site, projection) -> sums.put(site, new double[Math.toIntExact(projection.in() * projection.in())]));
    }

    /**
     * Passes texts through a backbone as it is.
     *
     * @param projections by their sites
     * @param padId the token id that fills up short texts
     * @return by site, {@code [in, in]} row by row
     */
    static Map<String, double[]> of(
            Backbone backbone,
            Weights pretrained,
            Map<String, Projection> projections,
            List<Encoding> texts,
            int padId) {
        SharingGroup plain = new SharingGroup("hard", new PartSpec("hard", Map.of()), List.of("context"));
        Network network = new Network(backbone, plain.tasks(), List.of(plain), padId, ScalarType.Float);
        ContextMoments moments = new ContextMoments(projections);
        long tokens = 0;
        try (PointerScope scope = new PointerScope();
                AutoGradMode off = new AutoGradMode(false)) {
            Map<String, Tensor> weights = new LinkedHashMap<>();
            pretrained.floating().asMap().forEach((name, array) -> weights.put(name, Tensors.of(array)));
            int[] lengths = texts.stream().mapToInt(Encoding::length).toArray();
            for (List<Integer> rows : Batching.byLength(lengths, BATCH_TOKENS)) {
                moments.pass(network, weights, rows.stream().map(texts::get).toList());
                for (int row : rows) tokens += lengths[row];
            }
        } finally {
            Trainer.reclaim();
        }
        for (double[] sum : moments.sums.values()) {
            for (int i = 0; i < sum.length; i++) sum[i] /= Math.max(1, tokens);
        }
        return moments.sums;
    }

    private void pass(Network network, Map<String, Tensor> weights, List<Encoding> texts) {
        try (PointerScope scope = new PointerScope()) {
            Tensor mask = Tensors.of(TokenBatch.of(texts, network.padId()).mask())
                    .to(ScalarType.Double)
                    .unsqueeze(-1);
            network.pass(weights, texts, new int[texts.size()], null, sites -> new Sites<>() {
                @Override
                public Tensor at(Ops<Tensor> ops, String site, Tensor input, Tensor output) {
                    if (projections.containsKey(site)) add(sums.get(site), input, mask);
                    return output;
                }
            });
        }
    }

    private static void add(double[] sum, Tensor input, Tensor mask) {
        Tensor tokens = input.to(ScalarType.Double).mul(mask).reshape(-1, input.size(2));
        Tensor products = tokens.t().matmul(tokens).cpu().contiguous();
        DoubleBuffer values = Tensors.bytes(products).asDoubleBuffer();
        for (int i = 0; i < sum.length; i++) sum[i] += values.get(i);
    }
}
