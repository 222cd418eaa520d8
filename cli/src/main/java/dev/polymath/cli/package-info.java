/**
 * The {@code polymath} command: arguments, progress, tables and exit codes. What a command does lives in the modules
 * core and learn.
 */
package dev.polymath.cli;
