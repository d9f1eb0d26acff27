/// What a child tells its worker: one line of JSON on standard output each.
///
/// First `confined`, then any number of `progress`, then exactly one `report`.
public enum TaskMessage: Codable, Sendable, Equatable {
    case confined(TaskConfinement)
    case progress(TaskProgress)
    case report(TaskReport)
}
