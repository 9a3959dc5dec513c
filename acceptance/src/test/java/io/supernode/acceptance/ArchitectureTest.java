package io.supernode.acceptance;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.simpleName;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.supernode.event.BusEvent;
import io.supernode.event.ComputeEvent;
import io.supernode.event.RequestEvent;
import io.supernode.event.StepEvent;
import io.supernode.window.LatencyWindow;
import io.supernode.window.ThroughputWindow;
import io.supernode.window.WindowKey;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.PojoTypeInfo;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.PipelineOptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What may know what. The compiler keeps most of it, module by module; this keeps the rest and says why. */
class ArchitectureTest {
    private static final String SCHEMAS = "io.supernode.schemas..";
    private static final String REPLAY = "io.supernode.replay..";
    private static final String INGEST = "io.supernode.ingest..";
    private static final String ANALYTICS = "io.supernode.analytics..";
    private static final String EXPORTER = "io.supernode.exporter..";
    private static final String GRAFANA = "io.supernode.grafana..";
    private static final String APP = "io.supernode.app..";

    /** The pure model has many packages: it is what is left when the other modules are taken away. */
    private static final DescribedPredicate<JavaClass> MODEL = resideInAPackage("io.supernode..")
            .and(not(resideInAnyPackage(SCHEMAS, REPLAY, INGEST, ANALYTICS, EXPORTER, GRAFANA, APP)))
            .as("the model");

    private static JavaClasses ours;

    @BeforeAll
    static void readEveryClass() {
        ours = new ClassFileImporter()
                .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
                .importPackages("io.supernode");
    }

    @ParameterizedTest
    @ValueSource(strings = {SCHEMAS, REPLAY, INGEST, ANALYTICS, EXPORTER, GRAFANA, APP})
    void everyModuleIsSeenByTheseRules(String module) {
        assertThat(ours.that(resideInAPackage(module)))
                .as("classes in %s", module)
                .isNotEmpty();
        assertThat(ours.that(MODEL)).as("classes of the model").hasSizeGreaterThan(20);
    }

    @Test
    void theModelNeedsNothingButTheLanguage() {
        classes()
                .that(MODEL)
                .should()
                .onlyDependOnClassesThat(MODEL.or(resideInAPackage("java..")))
                .because("the model is arithmetic: it compiles and runs with the JDK alone")
                .check(ours);
        noClasses()
                .that(MODEL)
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("java.net..", "java.nio.file..", "java.nio.channels..", "java.sql.."))
                .because("what is read from outside is handed in")
                .check(ours);
    }

    @Test
    void theModelHasNoClock() {
        noClasses()
                .that(MODEL.or(resideInAPackage(SCHEMAS)))
                .should()
                .callMethodWhere(describe("a clock is read", ArchitectureTest::readsAClock))
                .because("step k is the same in any year; time is an argument")
                .check(ours);
    }

    @Test
    void theModelDrawsNothingFromNowhere() {
        noClasses()
                .that(MODEL.or(resideInAPackage(SCHEMAS)))
                .should()
                .callCodeUnitWhere(describe("an unseeded random source is used", ArchitectureTest::drawsUnseeded))
                .because("the same seed gives the same bytes; randomness is drawn from (seed, stream, k)")
                .check(ours);
    }

    @Test
    void siblingsDoNotMeet() {
        Map<String, List<String>> mayNotSee = Map.of(
                SCHEMAS, List.of(REPLAY, INGEST, ANALYTICS, EXPORTER, GRAFANA, APP),
                REPLAY, List.of(INGEST, ANALYTICS, EXPORTER, GRAFANA, APP),
                INGEST, List.of(ANALYTICS, EXPORTER, GRAFANA, APP), // it reads and writes replay's trace files
                ANALYTICS, List.of(REPLAY, INGEST, EXPORTER, GRAFANA, APP),
                EXPORTER, List.of(REPLAY, INGEST, ANALYTICS, GRAFANA, APP),
                GRAFANA, List.of(REPLAY, INGEST, ANALYTICS, APP), // it names the exporter's metrics
                APP, List.of(GRAFANA));
        mayNotSee.forEach((module, others) -> noClasses()
                .that()
                .resideInAPackage(module)
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(others.toArray(String[]::new))
                .because("parts meet on the wire; app introduces them")
                .check(ours));
    }

    @Test
    void onlyTheJobKnowsFlink() {
        noClasses()
                .that(not(resideInAnyPackage(ANALYTICS, APP)))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.apache.flink..")
                .because("everything else must run without a stream processor")
                .check(ours);
    }

    @Test
    void onlyTheExporterKnowsTheMetricsLibrary() {
        noClasses()
                .that(not(resideInAPackage(EXPORTER)))
                .should()
                .dependOnClassesThat()
                .resideInAPackage("io.prometheus..")
                .because("simpleclient is at its last version: moving on must touch one module")
                .check(ours);
    }

    @Test
    void onlyTheCommandLineSpeaksToTheTerminal() {
        noClasses()
                .that(not(resideInAPackage(APP))
                        .and(not(simpleName("TelemetryJob")))) // a program of its own on a cluster
                .should(com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS)
                .because("data goes to standard output and chatter to standard error, and one place decides which")
                .check(ours);
    }

    @Test
    void namesSayWhatAClassIs() {
        noClasses()
                .that()
                .resideInAPackage("io.supernode..")
                .should()
                .haveNameMatching(".*(Utils?|Helpers?|Manager|Impl|Common|Misc)")
                .because("such a name says nothing of what the class answers")
                .check(ours);
    }

    static List<Class<?>> wireRecords() {
        return List.of(
                ComputeEvent.class,
                BusEvent.class,
                StepEvent.class,
                RequestEvent.class,
                ThroughputWindow.class,
                LatencyWindow.class,
                WindowKey.class);
    }

    /** A record that falls back to Kryo costs several times as much and cannot evolve. */
    @ParameterizedTest
    @MethodSource("wireRecords")
    void wireRecordsArePojosToFlink(Class<?> record) {
        Configuration strict = new Configuration();
        strict.set(PipelineOptions.GENERIC_TYPES, false);
        TypeInformation<?> type = TypeInformation.of(record);

        assertThat(type).isInstanceOf(PojoTypeInfo.class);
        // throws where any field would need Kryo
        assertThat(type.createSerializer(new SerializerConfigImpl(strict))).isNotNull();
    }

    private static boolean readsAClock(JavaCall<?> call) {
        String owner = call.getTargetOwner().getName();
        String method = call.getName();
        return owner.equals("java.lang.System")
                        && Set.of("nanoTime", "currentTimeMillis").contains(method)
                || owner.startsWith("java.time.")
                        && Set.of("now", "systemUTC", "systemDefaultZone").contains(method)
                || owner.equals("java.lang.Thread") && method.equals("sleep");
    }

    private static boolean drawsUnseeded(JavaCall<?> call) {
        String owner = call.getTargetOwner().getName();
        String method = call.getName();
        boolean noArguments = call.getTarget().getRawParameterTypes().isEmpty();
        return Set.of("java.lang.Math", "java.lang.StrictMath").contains(owner) && method.equals("random")
                || owner.equals("java.util.concurrent.ThreadLocalRandom")
                || owner.equals("java.security.SecureRandom")
                || owner.equals("java.util.UUID") && method.equals("randomUUID")
                || owner.equals("java.lang.System") && method.equals("identityHashCode")
                || owner.startsWith("java.util.random.")
                        && noArguments
                        && Set.of("getDefault", "create").contains(method)
                || Set.of("java.util.Random", "java.util.SplittableRandom").contains(owner)
                        && method.equals("<init>")
                        && noArguments
                || owner.equals("java.util.Collections")
                        && method.equals("shuffle")
                        && call.getTarget().getRawParameterTypes().size() == 1
                || owner.equals("java.util.Date") && method.equals("<init>") && noArguments;
    }
}
