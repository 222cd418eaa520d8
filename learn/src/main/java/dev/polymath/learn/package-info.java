/**
 * Learning: the interpreter with gradients, the trainer and its samplers, balancers and optimiser. Using a finished
 * model needs nothing of this package.
 */
package dev.polymath.learn;
