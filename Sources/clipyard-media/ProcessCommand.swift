import ArgumentParser
import Foundation
import Media

struct ProcessCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "process",
        abstract: "Make play.mp4, HLS and a cover of one video file."
    )

    @Argument(help: "The video to process.")
    var file: String

    @Option(name: .shortAndLong, help: ArgumentHelp("The folder to fill: new, or empty.", valueName: "folder"))
    var output: String

    @Flag(help: "Print what was found and made as JSON.")
    var json = false

    @OptionGroup var pipeline: PipelineOption

    func run() throws {
        try reportingFailures {
            let definition = try pipeline.load()
            let folder = try OutputFolder(path: output)
            let cancellation = Cancellation()
            let signals = CancellingSignals(cancellation)
            defer { signals.stop() }
            let bar = ProgressBar()
            let result = try folder.fill { staging in
                try bar.showing { report in
                    try VideoProcessor(pipeline: definition).process(
                        source: file,
                        output: staging,
                        cancellation: cancellation,
                        progress: report
                    )
                }
            }
            if json { return try StandardOutput.print(result) }
            print("\(output): \(PackageSummary(result.package))")
        }
    }
}
