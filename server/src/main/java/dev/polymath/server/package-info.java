/**
 * Models over HTTP: {@link dev.polymath.server.PolymathServer}, started with {@link dev.polymath.server.ServerSettings}.
 *
 * <p>Endpoints turn a request's body into a {@code Plan}: what is asked of the model, and how the answer is written down.
 * A {@code Batcher} gathers what the plans of many requests ask into common passes. What the model computes lives in
 * {@code dev.polymath.run}; what a terminal needs lives in {@code dev.polymath.cli}.
 */
package dev.polymath.server;
