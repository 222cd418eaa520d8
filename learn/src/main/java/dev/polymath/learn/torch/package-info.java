/**
 * The training engine: {@link dev.polymath.learn.torch.TorchOps}, the interpreter with gradients, and what stands on
 * libtorch around it: networks, parameters, the optimiser and its schedule. What is learned, and when, is decided
 * elsewhere.
 */
package dev.polymath.learn.torch;
