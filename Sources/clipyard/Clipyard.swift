import ArgumentParser

@main
struct Clipyard: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "clipyard",
        abstract: "A short-video backend: upload, process, store, serve.",
        subcommands: [
            UpCommand.self, ServeCommand.self, WorkerCommand.self, MigrateCommand.self, PublishCommand.self,
            VideosCommand.self, ReviewsCommand.self, UploadsCommand.self, JobsCommand.self, QueueCommand.self,
            StorageCommand.self, ConfigCommand.self, DoctorCommand.self,
        ]
    )
}
