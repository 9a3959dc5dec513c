# Supernode's command line: replay, topics, export and the other verbs; not the Flink job (docker/flink.Dockerfile).
# It copies what the host built, so that one build serves the tests, the launcher and the image:
#
#   ./mvnw package -DskipTests && docker compose build
ARG JRE_IMAGE=eclipse-temurin:17-jre
FROM ${JRE_IMAGE}

# a folder for state that is not root's
RUN install -d -o 10001 -g 10001 -m 0750 /var/lib/supernode
COPY app/target/supernode/lib /opt/supernode/lib

ENV HOME=/var/lib/supernode
WORKDIR /var/lib/supernode
USER 10001:10001
# a virtual machine in a container takes a quarter of the limit unless told otherwise
ENTRYPOINT ["java", "-XX:MaxRAMPercentage=70", "-Dsupernode.home=/opt/supernode", "-jar", "/opt/supernode/lib/supernode-app.jar"]
CMD ["--help"]
