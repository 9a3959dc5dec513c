# Flink with the telemetry job in it: one image for the job manager and the task managers, as application mode wants.
# The job's jar is built on the host (see ../Dockerfile).
ARG FLINK_IMAGE=flink:2.3.0-java17
FROM ${FLINK_IMAGE}

# a volume mounted here keeps this owner
RUN install -d -o flink -g flink /opt/flink/checkpoints
COPY --chown=flink:flink analytics/target/supernode-analytics-job.jar /opt/flink/usrlib/supernode-analytics-job.jar
USER flink
