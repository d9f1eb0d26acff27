import ArgumentParser
import Foundation
import Media

@main
struct ClipyardMedia: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clipyard-media",
        abstract: "Media files in, playable packages out.",
        discussion: """
            Exit codes: 0 done, 64 wrong usage, 65 the file can never become a video (one sentence says why), \
            66 the file cannot be read, 70 internal failure, 73 the output folder is not usable, \
            74 input or output failed, 78 the pipeline definition is wrong or the sandbox cannot be had, \
            130 stopped by a signal. \
            CLIPYARD_LOG=debug prints what the codecs say.
            """,
        subcommands: [
            ProcessCommand.self, ProbeCommand.self, VerifyCommand.self, CoverCommand.self, StoryboardCommand.self,
            PipelinesCommand.self, RunTaskCommand.self, CheckSandboxCommand.self,
        ]
    )

    static func main() {
        LongTimeSlices.request()
        if ProcessInfo.processInfo.environment["CLIPYARD_LOG"] == "debug" { MediaLog.printEverything() }
        main(nil)
    }
}
