import ArgumentParser
import Media

struct ProbeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "probe",
        abstract: "Describe a file as JSON, or say why it cannot become a video."
    )

    @Argument(help: "The file to look at.")
    var file: String

    @OptionGroup var pipeline: PipelineOption

    @OptionGroup var sandbox: SandboxOption

    func run() throws {
        try reportingFailures {
            let limits = try pipeline.load().limits
            try sandbox.enter(readable: [file])
            try StandardOutput.print(MediaProbe(limits: limits).probe(file))
        }
    }
}
