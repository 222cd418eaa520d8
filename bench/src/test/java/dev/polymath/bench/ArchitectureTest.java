package dev.polymath.bench;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.conditions.ArchConditions;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Dependencies point one way: cli -> server -> search -> core and cli -> learn -> core; bench, which nothing depends on, may see them all. */
class ArchitectureTest {
    /** The exception for the user's mistakes and the nearest choice: every package may use them. */
    private static final String COMMON = "dev.polymath";

    private static final String WEIGHTS = "dev.polymath.weights..";
    private static final String OPS = "dev.polymath.ops..";
    private static final String TEXT = "dev.polymath.text..";
    private static final String DATA = "dev.polymath.data..";
    private static final String PROJECT = "dev.polymath.project..";
    private static final String MODEL = "dev.polymath.model..";
    private static final String SHARING = "dev.polymath.sharing..";
    private static final String POOLING = "dev.polymath.pooling..";
    private static final String TASK = "dev.polymath.task..";
    private static final String RUN = "dev.polymath.run..";
    private static final String LEARN = "dev.polymath.learn..";
    private static final String TORCH = "dev.polymath.learn.torch..";
    private static final String BALANCE = "dev.polymath.learn.balance..";
    private static final String SAMPLING = "dev.polymath.learn.sampling..";
    private static final String HABIT = "dev.polymath.learn.habit..";
    private static final String COMPARE = "dev.polymath.learn.compare..";
    private static final String SEARCH = "dev.polymath.search..";
    private static final String SERVER = "dev.polymath.server..";
    private static final String CLI = "dev.polymath.cli..";
    private static final String BENCH = "dev.polymath.bench..";

    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.polymath");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "weights",
                "ops",
                "text",
                "data",
                "project",
                "model",
                "sharing",
                "pooling",
                "embedding",
                "interaction",
                "task",
                "learn",
                "learn.torch",
                "learn.balance",
                "learn.sampling",
                "learn.habit",
                "learn.compare",
                "search",
                "server",
                "cli"
            })
    void everyPackageIsLookedAt(String name) {
        assertThat(CLASSES)
                .anyMatch(each -> each.getPackageName().equals("dev.polymath." + name)
                        && !each.getSimpleName().equals("package-info"));
    }

    @Test
    void nothingDependsOnBench() {
        doNotDependOn(allBut(BENCH), BENCH);
    }

    @Test
    void nothingButBenchDependsOnTheCommand() {
        doNotDependOn(allBut(CLI, BENCH), CLI);
    }

    @Test
    void coreDoesNotDependOnLearning() {
        doNotDependOn(core(), LEARN);
    }

    @Test
    void usingAModelNeedsNoTrainingEngine() {
        doNotDependOn(core(), "org.bytedeco..");
    }

    @Test
    void servingNeedsNoTrainingEngine() {
        doNotDependOn(in(SERVER), LEARN, "org.bytedeco..");
    }

    @Test
    void searchingNeedsNoTrainingEngine() {
        doNotDependOn(in(SEARCH), LEARN, "org.bytedeco..");
    }

    @Test
    void searchDoesNotKnowThatItIsServed() {
        doNotDependOn(in(SEARCH), SERVER);
    }

    @Test
    void learningNeitherSearchesNorServes() {
        doNotDependOn(in(LEARN), SEARCH, SERVER);
    }

    @Test
    void onlySearchKnowsLucene() {
        doNotDependOn(allBut(SEARCH, BENCH), "org.apache.lucene..");
    }

    @Test
    void onlyTheCommandAndTheServerSearch() {
        doNotDependOn(allBut(SEARCH, SERVER, CLI, BENCH), SEARCH);
    }

    @Test
    void onlyTheServerKnowsHttp() {
        doNotDependOn(allBut(SERVER), "io.javalin..", "org.eclipse.jetty..", "jakarta.servlet..", "io.micrometer..");
    }

    @Test
    void onlyTheCommandServes() {
        doNotDependOn(allBut(SERVER, CLI, BENCH), SERVER);
    }

    @Test
    void onlyTheCommandKnowsTheTerminal() {
        doNotDependOn(allBut(CLI, BENCH), "picocli..", "me.tongfei..", "org.jline..");
    }

    @Test
    void theGroundDoesNotKnowWhatStandsOnIt() {
        doNotDependOn(in(WEIGHTS, OPS, TEXT, DATA), PROJECT, MODEL, SHARING, TASK, RUN);
    }

    @Test
    void weightsKnowNothingElse() {
        dependOnlyOn(in(WEIGHTS), COMMON, WEIGHTS, "java..", "com.fasterxml.jackson..");
    }

    @Test
    void backbonesKnowNoTasksAndNoSharingParts() {
        doNotDependOn(in(MODEL), TASK, SHARING, RUN);
    }

    @Test
    void sharingPartsAreMathematicsOnSites() {
        dependOnlyOn(in(SHARING), COMMON, SHARING, MODEL, OPS, WEIGHTS, PROJECT, "java..");
    }

    @Test
    void poolingsKnowNoTasks() {
        doNotDependOn(in(POOLING), TASK, SHARING, RUN);
    }

    @Test
    void balancersAndSamplersAreArithmetic() {
        doNotDependOn(in(BALANCE, SAMPLING), "org.bytedeco..", TORCH, HABIT, COMPARE);
    }

    @Test
    void theTrainingEngineDoesNotKnowWhatIsLearned() {
        doNotDependOn(in(TORCH), BALANCE, SAMPLING, HABIT, COMPARE);
    }

    @Test
    void trainingDoesNotKnowThatItIsCompared() {
        doNotDependOn(allBut(COMPARE, CLI, BENCH), COMPARE);
    }

    @Test
    void tasksAndProjectsDoNotRunModels() {
        doNotDependOn(in(TASK, PROJECT), RUN, "ai.onnxruntime..");
    }

    private static GivenClassesConjunction core() {
        return allBut(LEARN, SEARCH, SERVER, CLI, BENCH);
    }

    private static GivenClassesConjunction allBut(String... packages) {
        return classes().that().resideOutsideOfPackages(packages);
    }

    private static GivenClassesConjunction in(String... packages) {
        return classes().that().resideInAnyPackage(packages);
    }

    private static void doNotDependOn(GivenClassesConjunction some, String... packages) {
        some.should(ArchConditions.not(
                        ArchConditions.dependOnClassesThat(JavaClass.Predicates.resideInAnyPackage(packages))))
                .check(CLASSES);
    }

    private static void dependOnlyOn(GivenClassesConjunction some, String... packages) {
        some.should().onlyDependOnClassesThat().resideInAnyPackage(packages).check(CLASSES);
    }
}
