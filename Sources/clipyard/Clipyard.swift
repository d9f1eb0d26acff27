import ArgumentParser

@main
struct Clipyard: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clipyard",
        abstract: "A short-video backend: upload, process, store, serve."
    )
}
