import ArgumentParser
import Media

struct PipelinesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pipelines",
        abstract: "Work with pipeline definitions.",
        subcommands: [Check.self]
    )

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say every mistake of a definition, with its line and field."
        )

        @Argument(help: "The YAML file to check.")
        var file: String

        func run() throws {
            try reportingFailures {
                let pipeline = try PipelineDefinition(yamlAt: file)
                let rungs = pipeline.video.rungs.map { "\($0.shortSide)" }.joined(separator: ", ")
                print("\(file): valid; rungs \(rungs)")
            }
        }
    }
}
