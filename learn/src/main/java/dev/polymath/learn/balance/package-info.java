/**
 * Balancers: how much each task's loss counts in a step. Arithmetic on losses and on inner products of gradients; the
 * trainer computes those, and nothing here knows of tensors.
 */
package dev.polymath.learn.balance;
