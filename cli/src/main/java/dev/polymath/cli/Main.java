package dev.polymath.cli;

import dev.polymath.InputException;
import dev.polymath.data.Choices;
import dev.polymath.run.Precision;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.TypeConversionException;

/** The {@code polymath} command. Exit codes: 0 done; 2 the user's input is at fault; 1 a fault of ours. */
@Command(
        name = "polymath",
        description = "One model for all your text tasks.",
        synopsisSubcommandLabel = "COMMAND",
        versionProvider = Version.class,
        mixinStandardHelpOptions = true,
        subcommands = {
            DemoCommand.class,
            CheckCommand.class,
            TrainCommand.class,
            EvaluateCommand.class,
            PredictCommand.class,
            ServeCommand.class,
            PartsCommand.class,
            CompareCommand.class,
            AddCommand.class,
            RemoveCommand.class,
            DiffCommand.class,
            ExportCommand.class,
            QuantizeCommand.class,
            IndexCommand.class,
            SearchCommand.class,
            CommandLine.HelpCommand.class
        })
public final class Main {
    /** What a shell expects of a program that Ctrl-C stopped. */
    static final int INTERRUPTED = 130;

    private static final int FAULT_OF_INPUT = 2;
    static final int FAULT_OF_OURS = 1;

    private Main() {}

    /** Runs the command and exits with its code. */
    public static void main(String[] arguments) {
        int code = run(arguments);
        System.out.flush();
        System.exit(code);
    }

    /** Runs the command and gives its exit code. */
    static int run(String... arguments) {
        CommandLine command = new CommandLine(new Main());
        for (CommandLine each : command.getSubcommands().values()) {
            if (!(each.getCommand() instanceof CommandLine.HelpCommand))
                each.getCommandSpec().addOption(help());
        }
        return command.registerConverter(Precision.class, Main::precision)
                .setParameterExceptionHandler(wrongArguments())
                .setExecutionExceptionHandler(failures())
                .execute(arguments);
    }

    private static OptionSpec help() {
        return OptionSpec.builder("-h", "--help")
                .usageHelp(true)
                .description("Shows this help.")
                .build();
    }

    private static Precision precision(String text) {
        for (Precision precision : Precision.values()) if (precision.key().equals(text)) return precision;
        List<String> keys =
                Arrays.stream(Precision.values()).map(Precision::key).toList();
        throw new TypeConversionException("there is no precision '" + text + "'" + Choices.instead(text, keys));
    }

    private static IParameterExceptionHandler wrongArguments() {
        return (exception, arguments) -> {
            PrintWriter err = exception.getCommandLine().getErr();
            err.println("polymath: " + exception.getMessage());
            CommandLine.UnmatchedArgumentException.printSuggestions(exception, err);
            boolean root = exception.getCommandLine().getParent() == null;
            if (arguments.length == 0) exception.getCommandLine().usage(err);
            else {
                err.println("Try 'polymath help"
                        + (root ? "" : " " + exception.getCommandLine().getCommandName()) + "'.");
            }
            return FAULT_OF_INPUT;
        };
    }

    private static IExecutionExceptionHandler failures() {
        return (exception, command, parsed) -> {
            PrintWriter err = command.getErr();
            if (exception instanceof InputException) {
                err.println("polymath: " + exception.getMessage());
                return FAULT_OF_INPUT;
            }
            String refused = FileFaults.described(exception);
            if (refused != null) {
                err.println("polymath: " + refused);
                return FAULT_OF_INPUT;
            }
            StringWriter trace = new StringWriter();
            exception.printStackTrace(new PrintWriter(trace));
            err.println("polymath: this is a fault of Polymath's own, please report it:");
            err.println(trace);
            return FAULT_OF_OURS;
        };
    }
}
