import API

/// How `clipyard up` runs the API: all services in one process, or each in its own.
enum APILayout {
    case oneProcess, fiveProcesses

    struct Process {
        /// Names the log.
        let name: String
        /// Below ``Home/run``; the upstreams of the gateway have the same names.
        let socket: String
        /// What `clipyard serve` is started with.
        let options: [String]
    }

    var processes: [Process] {
        switch self {
        case .oneProcess: [Process(name: "serve", socket: "api.sock", options: [])]
        case .fiveProcesses:
            APIService.allCases.map(\.rawValue).map {
                Process(name: "serve-\($0)", socket: "api-\($0).sock", options: ["--services", $0])
            }
        }
    }

    /// What tells the gateway where the services are.
    var upstreams: String {
        switch self {
        case .oneProcess: "docker/nginx/upstreams-one.conf.template"
        case .fiveProcesses: "docker/nginx/upstreams-five.conf.template"
        }
    }
}
