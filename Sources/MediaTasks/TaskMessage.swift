/// What a child tells its worker: one line of JSON on standard output each.
///
/// Any number of `progress`, then exactly one `report`.
public enum TaskMessage: Codable, Sendable, Equatable {
    case progress(TaskProgress)
    case report(TaskReport)
}
